"""Whether who is told something may still meet the one whom it is about: a block may have come between them."""

from sqlalchemy import BigInteger, ColumnElement, cast

from cnt_grpc import auth


def meets(recipient_id: ColumnElement[int], data: ColumnElement[dict[str, str]]) -> ColumnElement[bool]:
    """The condition that no block is between the two; true where the facts name nobody."""
    return auth.not_blocked(recipient_id, cast(data.op("->>")("user_id"), BigInteger))
