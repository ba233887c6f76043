"""The statement behind somebody's feed: first what those write whom they follow, then everything else."""

from enum import IntEnum
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Executable,
    Select,
    and_,
    bindparam,
    func,
    literal,
    not_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.types import TypeEngine

from cnt_grpc import auth, content
from cnt_grpc.community.queries.posts import SHOWN, Columns, with_author
from cnt_grpc.community.tables import community_posts
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.moderation import Gate, Status

_post = community_posts.c


def _unseen(name: str, of: TypeEngine[Any]) -> ColumnElement[Any]:
    """A parameter whose value Postgres does not see when it plans.

    Else it takes the plan for a given value to be the better one, and plans anew at each call: measured, 1.2 ms for
    what takes 0.3 to run.
    """
    return select(bindparam(name, type_=of)).scalar_subquery()


_SINCE = _unseen("since", MOMENT)
_CALLER_ID = _unseen("caller_id", BigInteger())
_BEYOND = tuple_(_post.published_at, _post.id) < tuple_(_unseen("after_0", MOMENT), _unseen("after_1", BigInteger()))


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
    people = _people()
    found: Select[Any] | CompoundSelect[Any]
    if begins is Phase.REST:
        found = _page(_rest(people, after=True), Phase.REST, limit)
    else:
        # Kept as it is: the second phase asks it whether there is anything left to do, and most feeds leave nothing.
        first = _page(_followed(people, limit, after=begins is not None), Phase.FOLLOWED, limit).cte("first")
        is_short = select(func.count()).select_from(first).scalar_subquery() < limit
        rest = _page(_rest(people, after=False).where(is_short), Phase.REST, limit).subquery("rest")
        found = union_all(select(first), select(rest))
    both = found.subquery("both")
    # The posts themselves are read once it is known which of them are shown.
    order = (both.c.phase, both.c.published_at.desc(), both.c.id.desc())
    shown = select(both).order_by(*order).limit(limit).subquery("shown")
    return with_author(
        select(*SHOWN, shown.c.phase).join_from(shown, community_posts, _post.id == shown.c.id),
        Gate.MEMBER,
        _in_order,
        _CALLER_ID,
        files=True,
    )


def _in_order(page: Columns) -> tuple[ColumnElement[Any], ...]:
    return page.phase, page.published_at.desc(), page.id.desc()


def _page(posts: Select[Any], phase: Phase, limit: int) -> Select[Any]:
    """The newest of these posts."""
    found = posts.subquery(phase.name.lower())
    newest = select(found.c.id, found.c.published_at, literal(int(phase)).label("phase"))
    return newest.order_by(found.c.published_at.desc(), found.c.id.desc()).limit(limit)


def _people() -> CTE:
    """Whom the caller follows, without those in a block: read once for both phases."""
    follows = content.follows
    followed = follows.c.follower_id == _CALLER_ID
    return select(follows.c.person_id).where(followed, auth.not_blocked(_CALLER_ID, follows.c.person_id)).cte("people")


def _followed(people: CTE, limit: int, *, after: bool) -> Select[Any]:
    """For each person whom the caller follows their newest posts: as many probes of an index as there are such people.

    Asked the other way round, it would read every post of the week.
    """
    theirs = (
        select(_post.id, _post.published_at)
        .where(
            _post.author_id == people.c.person_id,
            _post.status == Status.APPROVED.value,
            _post.published_at > _SINCE,
        )
        .order_by(_post.published_at.desc(), _post.id.desc())
        .limit(limit)
    )
    if after:
        theirs = theirs.where(_BEYOND)
    newest = theirs.lateral("theirs")
    return select(newest.c.id, newest.c.published_at).select_from(people.join(newest, true()))


def _rest(people: CTE, *, after: bool) -> Select[Any]:
    """Every post that everyone sees, but for those of the first phase."""
    # Those in a block are no people of the first phase, and are left out here all the same.
    is_followed = _post.author_id.in_(select(people.c.person_id))
    found = select(_post.id, _post.published_at).where(
        _post.status == Status.APPROVED.value,
        auth.not_blocked(_CALLER_ID, _post.author_id),
        not_(and_(_post.published_at > _SINCE, is_followed)),
    )
    return found.where(_BEYOND) if after else found
