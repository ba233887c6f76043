"""A kind of thing whose rows have what all kinds have: what moderators and reporters need, from a small declaration."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation.kinds import After, Decision, Filter, Subject
from cnt_grpc.moderation.queries import things as queries
from cnt_grpc.moderation.reportable import Thing
from cnt_grpc.moderation.standing import Standing
from cnt_grpc.moderation.status import Status


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reviewed:
    """Things of one kind, as Kind and Reportable ask for them."""

    standing: Standing
    seen: Callable[[Tx, Caller, int], Awaitable[Row]]
    """One, as the caller may see it; raises NotFound."""
    remove: Callable[[Tx, Row], Awaitable[None]]
    """Delete a locked one, with all that hangs on it."""

    @property
    def name(self) -> str:
        """As it stands in paths and reports."""
        return self.standing.kind

    async def load(self, tx: Tx, subject_id: int) -> Subject | None:
        """The thing, locked."""
        row = await tx.one(queries.thing_to_decide(self.standing.things), thing_id=subject_id)
        return self._subject(row) if row else None

    async def show(self, tx: Tx, subject_ids: Sequence[int]) -> Sequence[Subject]:
        """The things with these ids."""
        rows = await tx.all(queries.things_to_show(self.standing.things), ids=subject_ids)
        return [self._subject(row) for row in rows]

    async def page(self, tx: Tx, wanted: Filter, after: After | None, limit: int) -> Sequence[Subject]:
        """A page of things, newest first."""
        place = {"after_0": after[0], "after_1": after[1]} if after else {}
        author = {"author_id": wanted.author_id} if wanted.author_id else {}
        stmt = queries.things_page(
            self.standing.things, wanted.status, limit, author=bool(author), after=after is not None
        )
        return [self._subject(row) for row in await tx.all(stmt, **author, **place)]

    async def apply(self, tx: Tx, subject: Subject, decision: Decision) -> None:
        """Move the thing, with all that follows, and tell its author."""
        reason = "" if decision.status is Status.APPROVED else decision.reason
        await self.standing.move(
            tx, subject.id, was=subject.status, now=decision.status, by_moderator=True, reason=reason
        )

    async def delete(self, tx: Tx, subject: Subject, reason: str) -> None:
        """Delete the thing with all that hangs on it, and tell its author."""
        row = await tx.one(queries.thing_to_decide(self.standing.things), thing_id=subject.id)
        assert row is not None  # it is locked
        await self.remove(tx, row)
        await self.standing.tell_of_deletion(tx, row, reason)

    async def author_of(self, tx: Tx, caller: Caller, thing_id: int) -> int | None:
        """Whose it is, if the caller may see it."""
        try:
            return self.standing.author_of(await self.seen(tx, caller, thing_id))
        except NotFound:
            return None

    async def things(self, tx: Tx, thing_ids: Sequence[int]) -> Sequence[Thing]:
        """The things with these ids."""
        return [Thing.of(subject) for subject in await self.show(tx, thing_ids)]

    def _subject(self, row: Row) -> Subject:
        return Subject(
            kind=self.name,
            id=row["id"],
            title=self.standing.title(row),
            author_id=self.standing.author_of(row),
            author_name=row["author_name"],
            author_username=row["author_username"],
            status=Status(row["status"]),
            reason=row["rejection_reason"],
            created_at=row["created_at"],
            listed_at=row["published_at"],
        )
