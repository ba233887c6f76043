"""How the moderation room reaches items: each kind of item is one kind of moderated thing."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnt_grpc.content.kinds import ItemKind
from cnt_grpc.content.queries import items as queries
from cnt_grpc.content.rules import items
from cnt_grpc.content.rules.standing import stand, tell_of_deletion
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import After, Decision, Filter, Status, Subject, Thing


@dataclass(frozen=True, slots=True)
class Moderated:
    """One kind of item, as moderation.Kind and moderation.Reportable ask for it."""

    kind: ItemKind

    @property
    def name(self) -> str:
        """As it stands in paths."""
        return self.kind.name

    async def load(self, tx: Tx, subject_id: int) -> Subject | None:
        """The item, locked."""
        row = await tx.one(queries.item_to_decide(self.kind), item_id=subject_id)
        return self._subject(row) if row else None

    async def show(self, tx: Tx, subject_ids: Sequence[int]) -> Sequence[Subject]:
        """The items with these ids."""
        return [self._subject(row) for row in await tx.all(queries.items_to_show(self.kind), ids=subject_ids)]

    async def page(self, tx: Tx, wanted: Filter, after: After | None, limit: int) -> Sequence[Subject]:
        """A page of items, newest first."""
        place = {"after_0": after[0], "after_1": after[1]} if after else {}
        creator = {"creator_id": wanted.author_id} if wanted.author_id else {}
        stmt = queries.items_to_moderate(self.kind, wanted.status, limit, creator=bool(creator), after=bool(after))
        rows = await tx.all(stmt, **creator, **place)
        return [self._subject(row) for row in rows]

    async def apply(self, tx: Tx, subject: Subject, decision: Decision) -> None:
        """Move the item, publish its files when it is approved, and tell its creator."""
        await stand(
            tx,
            self.kind,
            subject.id,
            was=subject.status,
            now=decision.status,
            by_moderator=True,
            reason="" if decision.status is Status.APPROVED else decision.reason,
        )

    async def delete(self, tx: Tx, subject: Subject, reason: str) -> None:
        """Delete the item with all that hangs on it, and tell its creator."""
        row = await tx.one(queries.item_to_decide(self.kind), item_id=subject.id)
        assert row is not None  # it is locked
        await items.remove(tx, self.kind, row)
        await tell_of_deletion(tx, self.kind, row, reason)

    async def author_of(self, tx: Tx, caller: Caller, thing_id: int) -> int | None:
        """Whose item it is, if the caller may see it."""
        try:
            return int((await items.shown(tx, caller, self.kind, thing_id))["creator_id"])
        except NotFound:
            return None

    async def things(self, tx: Tx, thing_ids: Sequence[int]) -> Sequence[Thing]:
        """The items with these ids."""
        return [Thing.of(subject) for subject in await self.show(tx, thing_ids)]

    def _subject(self, row: Row) -> Subject:
        return Subject(
            kind=self.kind.name,
            id=row["id"],
            title=row["title"],
            author_id=row["creator_id"],
            author_name=row["creator_name"],
            author_username=row["creator_username"],
            status=Status(row["status"]),
            reason=row["rejection_reason"],
            created_at=row["created_at"],
            listed_at=row["published_at"],
        )
