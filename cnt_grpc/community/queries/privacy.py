"""Everything that the community room holds about one person: to be read, and to be dropped."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Executable,
    Table,
    bindparam,
    delete,
    func,
    or_,
    select,
    union,
    update,
)

from cnt_grpc.community.tables import comment_likes, comments, community_posts, like_notices, likes
from cnt_grpc.kit.db import statement

_post = community_posts.c
_PERSON = bindparam("user_id", type_=BigInteger)

KINDS: Mapping[str, Column[Any]] = {
    "posts": community_posts.c.author_id,
    "comments": comments.c.author_id,
    "likes": likes.c.user_id,
    "comment_likes": comment_likes.c.user_id,
}
"""What is exported, with the column that says whose it is."""

_LEFT_OUT = ("changes", "edits")
"""Numbers for those who watch posts, which say nothing about anybody."""


@statement
def rows(kind: str) -> Executable:
    """All of one of KINDS that is this person's, the oldest first. Parameter: user_id, as everywhere here."""
    whose = KINDS[kind]
    columns = [column for column in whose.table.c if column.name not in _LEFT_OUT]
    return select(*columns).where(whose == _PERSON).order_by(*whose.table.primary_key.columns)


@statement
def touched_posts() -> Executable:
    """Every post that the person wrote, liked or commented on, locked: all at once and in the order of their ids.

    No more of each than it takes to remove it: there may be many, and their words may be long.
    """
    theirs = union(
        select(likes.c.post_id).where(likes.c.user_id == _PERSON),
        select(comments.c.post_id).where(comments.c.author_id == _PERSON),
    )
    return (
        select(_post.id, _post.author_id, _post.status)
        .where(or_(_post.author_id == _PERSON, _post.id.in_(theirs)))
        .order_by(_post.id)
        .with_for_update(key_share=True)
    )


@statement
def touched_comments() -> Executable:
    """Every comment that the person liked, locked likewise, after the posts."""
    theirs = select(comment_likes.c.comment_id).where(comment_likes.c.user_id == _PERSON)
    return (
        select(comments.c.id).where(comments.c.id.in_(theirs)).order_by(comments.c.id).with_for_update(key_share=True)
    )


def _drop(
    rows: Table, whose: ColumnElement[int], thing: ColumnElement[int], counter: Column[int], seen: Mapping[str, Any]
) -> Executable:
    """Drop all rows of a person, and count them no longer where they are counted."""
    gone = delete(rows).where(whose == _PERSON).returning(thing.label("thing_id")).cte("gone")
    fewer = select(gone.c.thing_id, func.count().label("number")).group_by(gone.c.thing_id).subquery("fewer")
    table = counter.table
    assert isinstance(table, Table)
    return (
        update(table)
        .where(table.c.id == fewer.c.thing_id)
        .values({counter.name: counter - fewer.c.number} | dict(seen))
        .returning(table.c.id)
    )


@statement
def drop_likes() -> Executable:
    """The person likes nothing any more; the ids of the posts that they liked."""
    seen = {"changes": _post.changes + 1}
    return _drop(likes, likes.c.user_id, likes.c.post_id, _post.likes_count, seen)


@statement
def drop_comments() -> Executable:
    """The person has said nothing; replies stay. The ids of the posts to which they said something."""
    seen = {"changes": _post.changes + 1}
    return _drop(comments, comments.c.author_id, comments.c.post_id, _post.comments_count, seen)


@statement
def drop_comment_likes() -> Executable:
    """The person likes no comment any more."""
    return _drop(comment_likes, comment_likes.c.user_id, comment_likes.c.comment_id, comments.c.likes_count, {})


@statement
def forget_notices() -> Executable:
    """Forget of which of the person's likes others were told, and of whose likes they were told of their comments."""
    own = select(comments.c.id).where(comments.c.author_id == _PERSON)
    return delete(like_notices).where(or_(like_notices.c.user_id == _PERSON, like_notices.c.comment_id.in_(own)))
