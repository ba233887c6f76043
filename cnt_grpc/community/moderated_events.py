"""How the moderation room reaches events, and the search room all that are approved."""

from collections.abc import Sequence

from cnt_grpc import search
from cnt_grpc.community.queries import events as queries
from cnt_grpc.community.rules import events
from cnt_grpc.community.rules.event_standing import KIND, document, stand, tell_of_deletion
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import After, Decision, Filter, Status, Subject, Thing


class ModeratedEvents:
    """Events, as moderation.Kind and moderation.Reportable ask for them."""

    name = KIND

    async def load(self, tx: Tx, subject_id: int) -> Subject | None:
        """The event, locked."""
        row = await tx.one(queries.event_to_decide(), event_id=subject_id)
        return _subject(row) if row else None

    async def show(self, tx: Tx, subject_ids: Sequence[int]) -> Sequence[Subject]:
        """The events with these ids."""
        return [_subject(row) for row in await tx.all(queries.events_to_show(), ids=subject_ids)]

    async def page(self, tx: Tx, wanted: Filter, after: After | None, limit: int) -> Sequence[Subject]:
        """A page of events, newest first."""
        place = {"after_0": after[0], "after_1": after[1]} if after else {}
        author = {"author_id": wanted.author_id} if wanted.author_id else {}
        stmt = queries.events_to_moderate(wanted.status, limit, author=bool(author), after=bool(after))
        return [_subject(row) for row in await tx.all(stmt, **author, **place)]

    async def apply(self, tx: Tx, subject: Subject, decision: Decision) -> None:
        """Move the event, show or hide its cover, and tell its host."""
        await stand(
            tx,
            subject.id,
            was=subject.status,
            now=decision.status,
            by_moderator=True,
            reason="" if decision.status is Status.APPROVED else decision.reason,
        )

    async def delete(self, tx: Tx, subject: Subject, reason: str) -> None:
        """Delete the event with all that hangs on it, and tell its host."""
        row = await tx.one(queries.event_to_decide(), event_id=subject.id)
        assert row is not None  # it is locked
        await events.remove(tx, row)
        await tell_of_deletion(tx, row, reason)

    async def author_of(self, tx: Tx, caller: Caller, thing_id: int) -> int | None:
        """Whose event it is, if the caller may see it."""
        try:
            row = await events.shown(tx, caller, thing_id)
        except NotFound:
            return None
        return int(row["host_id"])

    async def things(self, tx: Tx, thing_ids: Sequence[int]) -> Sequence[Thing]:
        """The events with these ids."""
        return [Thing.of(subject) for subject in await self.show(tx, thing_ids)]


class FoundEvents:
    """All events that everyone sees, as search.Source asks for them."""

    kind = search.Kind.EVENT

    async def documents(self, tx: Tx, after: int, limit: int) -> Sequence[search.Document]:
        """Those behind this id, by rising id, at most `limit`."""
        return [document(row) for row in await tx.all(queries.events_to_find(limit), after=after)]


def _subject(row: Row) -> Subject:
    return Subject(
        kind=KIND,
        id=row["id"],
        title=row["title"],
        author_id=row["host_id"],
        author_name=row["author_name"],
        author_username=row["author_username"],
        status=Status(row["status"]),
        reason=row["rejection_reason"],
        created_at=row["created_at"],
        listed_at=row["published_at"],
    )
