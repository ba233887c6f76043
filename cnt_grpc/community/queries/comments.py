"""Statements on comments: read behind the same gate as posts, and counted where they are written and dropped."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    bindparam,
    delete,
    exists,
    false,
    insert,
    or_,
    select,
    true,
    update,
)

from cnt_grpc import auth
from cnt_grpc.community.queries.posts import gate_of
from cnt_grpc.community.tables import comment_likes, comments, community_posts
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation import CALLER_ID, Gate

_comment = comments.c
_post = community_posts.c
_ID = bindparam("comment_id", type_=BigInteger)
_POST = bindparam("post_id", type_=BigInteger)
_people = auth.people

SHOWN: tuple[ColumnElement[Any], ...] = (
    _comment.id,
    _comment.post_id,
    _comment.parent_id,
    _comment.author_id,
    _comment.content,
    _comment.likes_count,
    _comment.created_at,
    _comment.edited_at,
)
"""What every message of a comment shows of its row; messages/comments.py reads it by these names."""


def _may_be_seen(gate: Gate) -> ColumnElement[bool]:
    """The condition that a comment to a post that the caller sees is seen, too."""
    if gate is not Gate.MEMBER:
        return true()
    return or_(auth.not_blocked(CALLER_ID, _comment.author_id), _comment.author_id == CALLER_ID)


@statement
def comments_page(gate: Gate, limit: int, *, after: bool) -> Executable:
    """A page of the comments to a post, oldest first. Parameter: post_id; the post has to be visible itself."""
    found = (
        select(*SHOWN)
        .where(_comment.post_id == _POST, _may_be_seen(gate))
        .order_by(_comment.created_at, _comment.id)
        .limit(limit)
    )
    if after:
        found = found.where(beyond(_comment.created_at, _comment.id, ascending=True))
    return _with_author(found, gate)


@statement
def shown_comment() -> Executable:
    """One comment of the caller's or, as an administrator, anyone's. Parameter: comment_id."""
    return _with_author(select(*SHOWN).where(_comment.id == _ID).limit(1), Gate.ALL)


def _with_author(found: Select[Any], gate: Gate) -> Executable:
    page = found.subquery("page")
    names = (
        _people.c.name.label("author_name"),
        _people.c.username.label("author_username"),
        _people.c.avatar_key.label("author_avatar_key"),
    )
    source = page.join(_people, _people.c.id == page.c.author_id)
    if gate is Gate.PUBLIC:
        shown = select(page, *names, false().label("is_liked"))
    else:
        source = source.outerjoin(
            comment_likes, (comment_likes.c.comment_id == page.c.id) & (comment_likes.c.user_id == CALLER_ID)
        )
        shown = select(page, *names, comment_likes.c.user_id.is_not(None).label("is_liked"))
    return shown.select_from(source).order_by(page.c.created_at, page.c.id)


@statement
def parent(gate: Gate) -> Executable:
    """Who wrote the comment that is replied to, if the caller sees it. Parameters: post_id, parent_id."""
    wanted = bindparam("parent_id", type_=BigInteger)
    return select(_comment.author_id).where(_comment.id == wanted, _comment.post_id == _POST, _may_be_seen(gate))


@statement
def comment_to_like(gate: Gate) -> Executable:
    """One comment, locked, if the gate lets it and its post through. Parameter: comment_id."""
    return (
        select(_comment.id, _comment.post_id, _comment.author_id, _comment.likes_count)
        .select_from(comments.join(community_posts, _post.id == _comment.post_id))
        .where(_comment.id == _ID, _may_be_seen(gate), gate_of(gate))
        .with_for_update(of=comments, key_share=True)
    )


@statement
def author_of_visible(gate: Gate) -> Executable:
    """Whose comment it is, if the gate lets it and its post through. Parameter: comment_id."""
    return (
        select(_comment.author_id)
        .select_from(comments.join(community_posts, _post.id == _comment.post_id))
        .where(_comment.id == _ID, _may_be_seen(gate), gate_of(gate))
    )


@statement
def comments_to_show() -> Executable:
    """The comments with these ids (parameter: ids) and their authors' names."""
    return (
        select(_comment.id, _comment.content, _comment.author_id, _people.c.name, _people.c.username)
        .select_from(comments.join(_people, _people.c.id == _comment.author_id))
        .where(among(_comment.id, "ids"))
    )


@statement
def post_of_own(*, anyones: bool) -> Executable:
    """The post of a comment, locked: of the caller's own, or of anyone's. Parameter: comment_id."""
    found = (
        select(_post.id, _post.comments_count)
        .select_from(community_posts.join(comments, _comment.post_id == _post.id))
        .where(_comment.id == _ID)
    )
    if not anyones:
        found = found.where(_comment.author_id == CALLER_ID)
    return found.with_for_update(of=community_posts, key_share=True)


@statement
def own_comment() -> Executable:
    """One comment, after its post was locked: nobody else changes or drops it. Parameter: comment_id."""
    return select(*SHOWN).where(_comment.id == _ID)


@statement
def add_comment() -> Executable:
    """A new comment to a locked post, which counts it. Parameters: post_id, author_id, parent_id, content, created_at.

    Returns its id: given under the post's lock, as `changes` is, so that both grow in the order of the commits.
    """
    counted = (
        update(community_posts)
        .where(_post.id == _POST)
        .values(comments_count=_post.comments_count + 1, changes=_post.changes + 1)
        .returning(_post.id, _post.changes)
        .cte("counted")
    )
    given = ("author_id", "parent_id", "content", "created_at")
    values = [bindparam(name, type_=comments.c[name].type) for name in given]
    return (
        insert(comments)
        .from_select(["post_id", "changes", *given], select(counted.c.id, counted.c.changes, *values))
        .returning(_comment.id)
    )


@statement
def update_comment() -> Executable:
    """Change a comment's words; its post is locked. Parameters: post_id, comment_id, content, edited_at."""
    seen = (
        update(community_posts)
        .where(_post.id == _POST)
        .values(changes=_post.changes + 1)
        .returning(_post.changes)
        .cte("seen")
    )
    return (
        update(comments)
        .where(_comment.id == _ID)
        .values(
            content=bindparam("content"),
            edited_at=bindparam("edited_at"),
            changes=select(seen.c.changes).scalar_subquery(),
        )
    )


@statement
def delete_comment() -> Executable:
    """Drop a comment; its post is locked, and counts it no longer. Parameters: post_id, comment_id."""
    gone = delete(comments).where(_comment.id == _ID, _comment.post_id == _POST).returning(_comment.id).cte("gone")
    return (
        update(community_posts)
        .where(_post.id == select(_POST).where(exists(select(gone.c.id))).scalar_subquery())
        .values(comments_count=_post.comments_count - 1, changes=_post.changes + 1)
        .returning(_post.comments_count)
    )


@statement
def wrote_just_now() -> Executable:
    """Whether someone wrote another comment to the same thing.

    Parameters: post_id, parent_id (or None), author_id, comment_id (this), since.
    """
    return select(
        exists().where(
            _comment.post_id == _POST,
            _comment.author_id == bindparam("author_id", type_=BigInteger),
            _comment.parent_id.is_not_distinct_from(bindparam("parent_id", type_=BigInteger)),
            _comment.id != _ID,
            _comment.created_at > bindparam("since"),
        )
    )
