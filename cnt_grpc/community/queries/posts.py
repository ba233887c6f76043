"""Statements that read posts, as people and as moderators see them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    FromClause,
    Select,
    Text,
    bindparam,
    case,
    cast,
    false,
    func,
    lateral,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from cnt_grpc import auth, media
from cnt_grpc.community.tables import community_posts, likes, post_media
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation import CALLER_ID, Gate, Status, visible_to

Columns = ReadOnlyColumnCollection[str, Any]
"""The columns of a page of posts."""

_post = community_posts.c
_ID = bindparam("post_id", type_=BigInteger)
_people = auth.people
_media = media.objects

SHOWN: tuple[ColumnElement[Any], ...] = (
    _post.id,
    _post.author_id,
    _post.title,
    _post.content,
    _post.category,
    _post.post_type,
    _post.image_key,
    _post.likes_count,
    _post.comments_count,
    _post.show_in_carousel,
    _post.status,
    _post.rejection_reason,
    _post.edits,
    _post.created_at,
    _post.edited_at,
    _post.published_at,
)
"""What every message of a post shows of its row; messages/posts.py reads it by these names."""

_FILE: tuple[ColumnElement[Any], ...] = (
    _media.c.id,
    _media.c.kind,
    _media.c.visibility,
    _media.c.key,
    _media.c.thumbnail_key,
    _media.c.width,
    _media.c.height,
    _media.c.duration_ms,
)
"""What a message shows of a file."""

FOUND: tuple[ColumnElement[Any], ...] = (
    _post.id,
    _post.author_id,
    _post.title,
    _post.content,
    _post.image_key,
    _post.published_at,
)
"""What the search is told of a post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """By what a list is narrowed: the shape of its statement, whose values are parameters of the same names."""

    category: bool = False
    post_type: bool = False
    carousel: bool = False
    """To what administrators put into the carousel."""
    author: bool = False
    """To the posts of author_id."""

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What a post of the list must fulfil."""
        if self.category:
            yield _post.category == bindparam("category")
        if self.post_type:
            yield _post.post_type == bindparam("post_type")
        if self.carousel:
            yield _post.show_in_carousel
        if self.author:
            yield _post.author_id == bindparam("author_id")


def gate_of(gate: Gate, at: Status | None = None) -> ColumnElement[bool]:
    """The condition that a post may be seen."""
    return visible_to(gate, _post.status, _post.author_id, at)


@statement
def posts_page(gate: Gate, status: Status | None, narrowed: Narrowed, limit: int, *, after: bool) -> Executable:
    """A page of posts that the gate lets through, newest first, each with its files."""
    found = (
        select(*SHOWN)
        .where(gate_of(gate, status), *narrowed.conditions())
        .order_by(_post.published_at.desc(), _post.id.desc())
        .limit(limit)
    )
    if after:
        found = found.where(beyond(_post.published_at, _post.id))
    return with_author(found, gate, files=True)


@statement
def visible_post(gate: Gate) -> Executable:
    """One post, if the gate lets it through. Parameter: post_id."""
    return with_author(select(*SHOWN).where(_post.id == _ID, gate_of(gate)).limit(1), gate)


def newest_first(page: Columns) -> Sequence[ColumnElement[Any]]:
    """The order of most lists."""
    return page.published_at.desc(), page.id.desc()


def with_author(
    found: Select[Any],
    gate: Gate,
    order: Callable[[Columns], Sequence[ColumnElement[Any]]] = newest_first,
    caller_id: ColumnElement[int] = CALLER_ID,
    *,
    files: bool = False,
) -> Executable:
    """The posts found, each with its author, and whether the caller likes it: one probe of an index for each row.

    `files`: each with its files too, as JSON, for lists where a second statement would cost more than all the rest.
    LIMIT keeps it so: as a plain join or as EXISTS, Postgres may read all that the caller ever liked.
    """
    page = found.subquery("page")
    names = (
        _people.c.name.label("author_name"),
        _people.c.username.label("author_username"),
        _people.c.avatar_key.label("author_avatar_key"),
    )
    source: FromClause = page.join(_people, _people.c.id == page.c.author_id)
    is_liked: ColumnElement[bool] = false()
    if gate is not Gate.PUBLIC:
        like = lateral(
            select(likes.c.user_id).where(likes.c.post_id == page.c.id, likes.c.user_id == caller_id).limit(1),
            name="own",
        )
        source = source.outerjoin(like, true())
        is_liked = like.c.user_id.is_not(None)
    more = (case((page.c.post_type == "image", _files_as_json(page.c.id))).label("files"),) if files else ()
    return select(page, *names, is_liked.label("is_liked"), *more).select_from(source).order_by(*order(page.c))


def _files_as_json(post_id: ColumnElement[int]) -> ColumnElement[str]:
    """What `files_of` tells of one post, as a list of objects."""
    facts = [part for each in _FILE for part in (literal_column(f"'{each.name}'"), each)]
    told = func.json_agg(aggregate_order_by(func.json_build_object(*facts), post_media.c.position))
    shown = post_media.join(_media, _media.c.id == post_media.c.media_id)
    return select(cast(told, Text)).select_from(shown).where(post_media.c.post_id == post_id).scalar_subquery()


@statement
def seen_by() -> Executable:
    """Of some posts (parameter: post_ids) those that caller_id sees among what is public, with what is theirs or new.

    That is: the counters, the number of the last edit, and whether the caller likes it.
    """
    like = lateral(
        select(likes.c.user_id).where(likes.c.post_id == _post.id, likes.c.user_id == CALLER_ID).limit(1), name="own"
    )
    return (
        select(
            _post.id,
            _post.likes_count,
            _post.comments_count,
            _post.edits,
            like.c.user_id.is_not(None).label("is_liked"),
        )
        .select_from(community_posts.outerjoin(like, true()))
        .where(among(_post.id, "post_ids"), gate_of(Gate.MEMBER, Status.APPROVED))
    )


@statement
def files_of() -> Executable:
    """The files of some posts, each post's in their order. Parameter: post_ids."""
    return (
        select(post_media.c.post_id, *_FILE)
        .select_from(post_media.join(_media, _media.c.id == post_media.c.media_id))
        .where(among(post_media.c.post_id, "post_ids"))
        .order_by(post_media.c.post_id, post_media.c.position)
    )


@statement
def own_post(*, anyones: bool) -> Executable:
    """One post, locked, if it is the caller's or `anyones` says that the caller may change any. Parameter: post_id."""
    found = select(community_posts).where(_post.id == _ID)
    if not anyones:
        found = found.where(_post.author_id == CALLER_ID)
    return found.with_for_update(key_share=True)


@statement
def is_visible(gate: Gate) -> Executable:
    """The id of a post, if the gate lets it through. Parameter: post_id."""
    return select(_post.id).where(_post.id == _ID, gate_of(gate))


@statement
def post_to_touch(gate: Gate) -> Executable:
    """One post, locked, if the gate lets it through: for likes and comments, which it counts. Parameter: post_id."""
    wanted = (_post.id, _post.author_id, _post.title, _post.content, _post.likes_count, _post.comments_count)
    return select(*wanted).where(_post.id == _ID, gate_of(gate)).with_for_update(of=community_posts, key_share=True)


@statement
def posts_to_find(limit: int) -> Executable:
    """What everyone may find, by rising id after the parameter `after`; kept as it is until the transaction ends."""
    return (
        select(*FOUND)
        .where(_post.status == Status.APPROVED.value, _post.id > bindparam("after", type_=BigInteger))
        .order_by(_post.id)
        .limit(limit)
        .with_for_update(read=True)
    )


@statement
def post_to_find() -> Executable:
    """What can be found of a post. Parameter: post_id."""
    return select(*FOUND).where(_post.id == _ID)
