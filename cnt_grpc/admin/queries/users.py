"""Statements on people, for administrators, who see everyone."""

from sqlalchemy import ColumnElement, Executable, and_, bindparam, func, or_, select

from cnt_grpc import auth, content
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond

_person = auth.standings.c
_COLUMNS = (*_person, content.has_artist_profile(_person.id).label("has_artist_profile"))


@statement
def users(limit: int, *, after: bool, search: bool, role: auth.Role | None, banned: bool | None) -> Executable:
    """People, the newest first. Parameters: `low` and `high` around what is searched and `number`."""
    found = select(*_COLUMNS)
    if search:
        texts = (_person.username, func.lower(_person.email), func.lower(_person.name))
        found = found.where(or_(_person.id == bindparam("number"), *(_begins(each) for each in texts)))
    if role is not None:
        found = found.where(auth.has_role(_person.id, role))
    if banned is not None:
        found = found.where(_person.banned_at.is_not(None) if banned else _person.banned_at.is_(None))
    if after:
        found = found.where(beyond(_person.created_at, _person.id))
    return found.order_by(_person.created_at.desc(), _person.id.desc()).limit(limit)


@statement
def user() -> Executable:
    """One person."""
    return select(*_COLUMNS).where(_person.id == bindparam("user_id"))


def _begins(text: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that a text begins so, in the order of bytes: an index of text_pattern_ops finds it.

    LIKE with a parameter would not: its plan cannot know that the pattern is a beginning.
    """
    return and_(text.op("~>=~")(bindparam("low")), text.op("~<~")(bindparam("high")))
