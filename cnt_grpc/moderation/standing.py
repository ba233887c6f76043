"""How a thing moves between its author and the moderators: the part that is the same for all kinds."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from cnt_grpc import notification
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Statement, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation.queries.things import Things
from cnt_grpc.moderation.rules.lists import moved
from cnt_grpc.moderation.status import Status


def is_trusted(caller: Caller) -> bool:
    """Whether everyone sees at once what the caller makes. Verified artists are those who have the creator role."""
    return caller.is_moderator or caller.is_creator


def _titled(row: Row) -> str:
    return str(row["title"])


class SetStatus(Protocol):
    """A room's statement that moves a thing from one status to another, made with `moving`."""

    def __call__(self, *, decided: bool) -> Statement:
        """The statement: whether a moderator decided shapes it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standing:
    """What a room says of one kind of its things, so that they can move."""

    kind: str
    """What moderators call them, such as podcast."""
    things: Things
    reviewed: frozenset[str]
    """The columns that moderators look at when they approve: changing one asks for another look."""
    set_status: SetStatus
    """It returns the columns that the functions below and the author's name need."""
    follow: Callable[[Tx, Row, Status, Status], Awaitable[None]]
    """What follows in the room when one (as it is then) moves from a status to another: files, search, counts."""
    title: Callable[[Row], str] = _titled
    """What one is called; may be empty."""
    unnamed: str = ""
    """What its author's notice calls one without a title."""

    def next_status(self, old: Row, caller: Caller, changed: Collection[str]) -> Status:
        """Where a thing stands after these changes by a caller who may make them."""
        stands = Status(old["status"])
        if not changed:
            return stands
        if stands is Status.REJECTED and self.author_of(old) == caller.user_id:
            # What a moderator took out comes back by a moderator: all that its author can do is to send it again.
            return Status.PENDING
        if stands is Status.APPROVED and not is_trusted(caller) and not self.reviewed.isdisjoint(changed):
            return Status.PENDING
        return stands

    async def move(
        self, tx: Tx, thing_id: int, *, was: Status, now: Status, by_moderator: bool, reason: str = ""
    ) -> None:
        """Move a locked thing, with all that follows; what a moderator decides, its author is told."""
        decision = {"reason": reason} if by_moderator else {}
        stmt = self.set_status(decided=by_moderator)
        row = await tx.one(stmt, thing_id=thing_id, was=was, now=now, at=clock.now(), **decision)
        assert row is not None  # it is locked, so that nobody else moved it
        await self.follow(tx, row, was, now)
        await moved(tx, self.kind, thing_id, author_id=self.author_of(row), was=was, now=now)
        if by_moderator and now is Status.APPROVED:
            notice = notification.ContentApproved(
                content_type=self.kind, content_id=thing_id, content_title=self._title(row)
            )
            await notification.tell(tx, [self.author_of(row)], notice)
        elif by_moderator:
            await self._tell_of_refusal(tx, row, reason or f"it was {now}")

    async def tell_of_deletion(self, tx: Tx, row: Row, reason: str) -> None:
        """Tell its author that a moderator deleted a thing."""
        await self._tell_of_refusal(tx, row, reason or "it was deleted")

    def author_of(self, row: Row) -> int:
        """Whose it is."""
        return int(row[self.things.author_id.name])

    async def _tell_of_refusal(self, tx: Tx, row: Row, reason: str) -> None:
        notice = notification.ContentRejected(
            content_type=self.kind, content_id=row["id"], content_title=self._title(row), reason=reason
        )
        await notification.tell(tx, [self.author_of(row)], notice)

    def _title(self, row: Row) -> str:
        return self.title(row) or self.unnamed
