"""The gate before every read of moderated things: what it does not let through does not exist for the caller."""

from enum import Enum, auto

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, or_, true

from cnt_grpc import auth
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation.status import Status

CALLER_ID = bindparam("caller_id", type_=BigInteger)
"""Whoever reads; a statement behind a gate takes it as a parameter as the methods of the gate say."""


class Gate(Enum):
    """For whom the gate opens how far."""

    PUBLIC = auto()
    """For anonymous callers: what is approved."""
    MEMBER = auto()
    """For people: what is approved, unless one of the two blocked the other, and whatever they made themselves."""
    ALL = auto()
    """For moderators: everything."""

    @classmethod
    def of(cls, caller: Caller) -> "Gate":
        """How far the gate opens for this caller."""
        if caller.is_moderator:
            return cls.ALL
        return cls.PUBLIC if caller.is_anonymous else cls.MEMBER

    def parameters(self, caller: Caller) -> dict[str, object]:
        """What a statement behind this gate takes beside its own parameters."""
        return {"caller_id": caller.user_id} if self is Gate.MEMBER else {}

    def of_viewer(self, caller: Caller) -> dict[str, object]:
        """The same for a statement that also tells what the caller likes or answers; moderators do so, too."""
        return {} if self is Gate.PUBLIC else {"caller_id": caller.user_id}


def visible_to(
    gate: Gate, status: ColumnElement[str], author_id: ColumnElement[int], at: Status | None = None
) -> ColumnElement[bool]:
    """The condition that a row with these columns may be seen, and that it stands `at` a status if one is asked for.

    The two belong together: only when the condition says outright that the status is approved does Postgres use the
    indexes of what is public, and `status = 'approved' OR author_id = …` does not say it.
    """
    stands = true() if at is None else status == at.value
    if gate is Gate.ALL:
        return stands
    approved = status == Status.APPROVED.value
    if gate is Gate.PUBLIC:
        return and_(approved, stands)
    own = author_id == CALLER_ID
    if at is Status.APPROVED:
        return and_(approved, auth.not_blocked(CALLER_ID, author_id))
    if at is not None:
        return and_(stands, own)
    return or_(and_(approved, auth.not_blocked(CALLER_ID, author_id)), own)
