"""Statements for those who watch posts: which of them they see, and what is new since a number."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Executable,
    bindparam,
    column,
    false,
    func,
    lateral,
    select,
    true,
)

from cnt_grpc import auth
from cnt_grpc.community.queries.comments import SHOWN
from cnt_grpc.community.queries.posts import gate_of
from cnt_grpc.community.tables import comments, community_posts
from cnt_grpc.kit.db import among, statement
from cnt_grpc.moderation import Gate

_post = community_posts.c
_comment = comments.c
_people = auth.people


_STANDING = (
    _post.status,
    _post.author_id.label("post_author_id"),
    _post.likes_count.label("post_likes_count"),
    _post.comments_count,
    _post.changes,
    _post.edits,
)
"""How a post stands; rules/watching.py reads it by these names."""


def _numbers(name: str) -> ColumnElement[object]:
    return bindparam(name, type_=ARRAY(BigInteger))


@statement
def watched(gate: Gate) -> Executable:
    """How those of some posts stand that the gate lets through. Parameter: post_ids."""
    return select(_post.id, *_STANDING).where(among(_post.id, "post_ids"), gate_of(gate))


@statement
def after(limit: int) -> Executable:
    """For each pair of :post_ids and :after_seqs the post as it stands, and its first comments after the number.

    One row at least for each pair, ordered by `pair`, which counts from 1, and by `seq`; all as of one moment. `seq` is
    what the post's `changes` were when the comment was written or changed last.
    """
    wanted = (
        func.unnest(_numbers("post_ids"), _numbers("after_seqs"))
        .table_valued(column("post_id", BigInteger), column("after_seq", BigInteger), with_ordinality="pair")
        .render_derived("wanted")
    )
    new = lateral(
        select(
            _comment.changes.label("seq"),
            *SHOWN,
            _people.c.name.label("author_name"),
            _people.c.username.label("author_username"),
            _people.c.avatar_key.label("author_avatar_key"),
            false().label("is_liked"),
        )
        .join_from(comments, _people, _people.c.id == _comment.author_id)
        .where(
            _comment.post_id == wanted.c.post_id,
            _comment.changes > wanted.c.after_seq,
            # False for most of a sweep, and then the comments are not even looked for.
            _post.changes > wanted.c.after_seq,
        )
        .correlate(wanted, community_posts)
        .order_by(_comment.changes)
        .limit(limit),
        name="new",
    )
    return (
        select(wanted.c.pair, wanted.c.after_seq, *_STANDING, *new.c)
        .select_from(wanted.outerjoin(community_posts, _post.id == wanted.c.post_id).outerjoin(new, true()))
        .order_by(wanted.c.pair, new.c.seq)
    )
