"""Statements on likes of posts and of comments: counted in the statement that adds or drops them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    ColumnElement,
    Executable,
    Insert,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc import auth
from cnt_grpc.community.tables import comment_likes, comments, community_posts, like_notices, likes
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.moderation import CALLER_ID, Status

_people = auth.people
_NOW = bindparam("now", type_=MOMENT)
_POST = bindparam("post_id", type_=BigInteger)
_COMMENT = bindparam("comment_id", type_=BigInteger)
_LIKER = bindparam("user_id", type_=BigInteger)


@dataclass(frozen=True, slots=True, eq=False)
class Liked:
    """A kind of thing that people like."""

    table: Table
    likes: Table
    key: Column[int]
    """Of `likes`: what is liked."""
    is_watched: bool
    """Whether those who watch a post see the count change."""


POST = Liked(community_posts, likes, likes.c.post_id, is_watched=True)
COMMENT = Liked(comments, comment_likes, comment_likes.c.comment_id, is_watched=False)

_THING = bindparam("thing_id", type_=BigInteger)


@statement
def set_like(kind: Liked, *, wanted: bool | None) -> Executable:
    """Have the caller like a thing or no longer, or (None) the other of the two; no row when nothing changes.

    Parameters: thing_id, caller_id, and now unless it is dropped. Returns liked and likes_count. Whoever runs this
    holds the thing's lock since an earlier statement: so it sees every like that was committed before, and the counter
    equals the rows at every commit.
    """
    mine = delete(kind.likes).where(kind.key == _THING, kind.likes.c.user_id == CALLER_ID)
    change = update(kind.table).where(kind.table.c.id == _THING)
    counter = kind.table.c.likes_count
    if wanted is False:
        gone = mine.returning(literal(1).label("one")).cte("gone")
        moved = change.where(_any(gone)).values({"likes_count": counter - 1} | _seen(kind)).add_cte(gone)
        return moved.returning(literal(value=False).label("liked"), counter)
    if wanted:
        added = _add(kind, select(_THING, CALLER_ID, _NOW)).returning(literal(1).label("one")).cte("added")
        moved = change.where(_any(added)).values({"likes_count": counter + 1} | _seen(kind)).add_cte(added)
        return moved.returning(true().label("liked"), counter)
    gone = mine.returning(literal(1).label("one")).cte("gone")
    added = (
        _add(kind, select(_THING, CALLER_ID, _NOW).where(~_any(gone))).returning(literal(1).label("one")).cte("added")
    )
    count = counter + select(func.count()).select_from(added).scalar_subquery()
    moved = change.values(
        {"likes_count": count - select(func.count()).select_from(gone).scalar_subquery()} | _seen(kind)
    )
    return moved.add_cte(gone, added).returning((~_any(gone)).label("liked"), counter)


def _add(kind: Liked, row: Select[*tuple[Any, ...]]) -> Insert:
    names = [kind.key.name, "user_id", "created_at"]
    return insert(kind.likes).from_select(names, row).on_conflict_do_nothing()


def _any(found: CTE) -> ColumnElement[bool]:
    return exists(select(found.c.one))


def _seen(kind: Liked) -> dict[str, object]:
    return {"changes": kind.table.c.changes + 1} if kind.is_watched else {}


@statement
def note_like() -> Executable:
    """Note that an author is to be told of a like; no row when they were, or will be.

    Parameters: post_id, comment_id (0 for the post), user_id, now. Returns whether it is the first of all.
    """
    others = exists().where(like_notices.c.post_id == _POST, like_notices.c.comment_id == _COMMENT)
    return (
        insert(like_notices)
        .values(post_id=_POST, comment_id=_COMMENT, user_id=_LIKER, created_at=_NOW)
        .on_conflict_do_nothing()
        .returning((~others).label("is_first"))
    )


@statement
def take_waiting() -> Executable:
    """Mark all likes of a thing as told that wait to be. Parameters: post_id, comment_id, now. Returns who likes it."""
    return (
        update(like_notices)
        .where(like_notices.c.post_id == _POST, like_notices.c.comment_id == _COMMENT, like_notices.c.told_at.is_(None))
        .values(told_at=_NOW)
        .returning(like_notices.c.user_id)
    )


@statement
def still_liking(kind: Liked) -> Executable:
    """Of some people those who like a thing and are not hidden from its author, latest first; nobody if the author of
    a comment does not see its post any more.

    Parameters: thing_id, user_ids. Returns id, name and author_id.
    """
    author = kind.table.c.author_id
    found = kind.likes.join(kind.table, kind.table.c.id == kind.key)
    found = found.join(_people, _people.c.id == kind.likes.c.user_id)
    shown = [
        kind.key == _THING,
        among(kind.likes.c.user_id, "user_ids"),
        auth.not_blocked(author, kind.likes.c.user_id),
    ]
    if kind is COMMENT:
        post = community_posts.c
        found = found.join(community_posts, post.id == comments.c.post_id)
        shown.append(or_(post.status == Status.APPROVED.value, post.author_id == author))
        shown.append(auth.not_blocked(post.author_id, author))
    return (
        select(_people.c.id, _people.c.name, author)
        .select_from(found)
        .where(*shown)
        .order_by(kind.likes.c.created_at.desc(), kind.likes.c.user_id)
    )


@statement
def forget_likers() -> Executable:
    """Forget that likes wait to be told which are gone by now. Parameters: post_id, comment_id, user_ids."""
    return delete(like_notices).where(
        like_notices.c.post_id == _POST,
        like_notices.c.comment_id == _COMMENT,
        among(like_notices.c.user_id, "user_ids"),
    )


@statement
def forget_notices() -> Executable:
    """Forget what the author of a comment was told. Parameters: post_id, comment_id."""
    return delete(like_notices).where(like_notices.c.post_id == _POST, like_notices.c.comment_id == _COMMENT)
