"""The statement behind somebody's feed: first what those write whom they follow, then everything else."""

from enum import IntEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    and_,
    bindparam,
    exists,
    literal,
    not_,
    select,
    true,
    union_all,
)

from cnt_grpc import auth, content
from cnt_grpc.community.queries.posts import SHOWN, with_author
from cnt_grpc.community.queries.visibility import CALLER_ID, Gate
from cnt_grpc.community.tables import community_posts
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.kit.tables import MOMENT
from cnt_grpc.moderation import Status

_post = community_posts.c
_SINCE = bindparam("since", type_=MOMENT)


class Phase(IntEnum):
    """The two parts of a feed."""

    FOLLOWED = 1
    REST = 2


@statement
def feed_page(begins: Phase | None, limit: int) -> Executable:
    """A page of the feed of caller_id, with the phase of each post: one statement, whether it is of one phase or both.

    `begins`: the phase within which it begins, after the parameters after_0 and after_1; None: at the top. Parameter
    since: posts of those whom the caller follows belong to the first phase if they were published after it.
    """
    parts = [_page(_rest(), Phase.REST, limit, after=begins is Phase.REST)]
    if begins is not Phase.REST:
        parts.insert(0, _page(_followed(limit, after=begins is not None), Phase.FOLLOWED, limit))
    found = union_all(*parts).subquery("found")
    order = (found.c.phase, found.c.published_at.desc(), found.c.id.desc())
    shown = (
        select(*SHOWN, found.c.phase)
        .join_from(found, community_posts, _post.id == found.c.id)
        .order_by(*order)
        .limit(limit)
    )
    return with_author(shown, Gate.MEMBER, lambda page: (page.phase, page.published_at.desc(), page.id.desc()))


def _page(posts: Select[Any], phase: Phase, limit: int, *, after: bool = False) -> Select[Any]:
    """The newest of these posts."""
    found = posts.subquery(phase.name.lower())
    newest = select(found.c.id, found.c.published_at, literal(int(phase)).label("phase"))
    if after:
        newest = newest.where(beyond(found.c.published_at, found.c.id))
    newest = newest.order_by(found.c.published_at.desc(), found.c.id.desc()).limit(limit)
    return select(newest.subquery(f"newest_{phase.name.lower()}"))


def _followed(limit: int, *, after: bool) -> Select[Any]:
    """For each person whom the caller follows their newest posts: as many probes of an index as there are such people.

    Asked the other way round, it would read every post of the week.
    """
    follows = content.follows
    theirs = (
        select(_post.id, _post.published_at)
        .where(
            _post.author_id == follows.c.person_id,
            _post.status == Status.APPROVED.value,
            _post.published_at > _SINCE,
        )
        .order_by(_post.published_at.desc(), _post.id.desc())
        .limit(limit)
    )
    if after:
        theirs = theirs.where(beyond(_post.published_at, _post.id))
    newest = theirs.lateral("theirs")
    return (
        select(newest.c.id, newest.c.published_at)
        .select_from(follows.join(newest, true()))
        .where(follows.c.follower_id == CALLER_ID, auth.not_blocked(CALLER_ID, follows.c.person_id))
    )


def _rest() -> Select[Any]:
    """Every post that everyone sees, but for those of the first phase."""
    return select(_post.id, _post.published_at).where(
        _post.status == Status.APPROVED.value,
        auth.not_blocked(CALLER_ID, _post.author_id),
        not_(and_(_post.published_at > _SINCE, _is_followed(_post.author_id))),
    )


def _is_followed(author_id: ColumnElement[int]) -> ColumnElement[bool]:
    follows = content.follows
    return exists(select(literal(1)).where(follows.c.follower_id == CALLER_ID, follows.c.person_id == author_id))
