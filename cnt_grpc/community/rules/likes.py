"""Who likes a post or a comment: a row each, counted where it is liked."""

from cnt_grpc.community.queries import comments as comment_queries
from cnt_grpc.community.queries import likes as queries
from cnt_grpc.community.queries import posts as post_queries
from cnt_grpc.community.rules import telling, watching
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate
from cnt_grpc.pb.cnt.community.v1.reason import Reason

Likes = tuple[bool, int]
"""Whether the caller likes a thing, and how many do."""


async def set_like(tx: Tx, caller: Caller, post_id: int, *, wanted: bool | None) -> Likes:
    """Like a post or no longer, or (None) the other of the two. Raises NotFound."""
    gate = Gate.of(caller)
    # The post is locked first and alone: whoever counts something of it waits here, and nobody in a circle.
    post = await tx.one(post_queries.post_to_touch(gate), post_id=post_id, **gate.parameters(caller))
    if post is None:
        raise NotFound(Reason.POST_NOT_FOUND)
    row = await _set(tx, caller, queries.POST, post_id, wanted=wanted)
    if row is None:
        return bool(wanted), post["likes_count"]
    watching.wake(tx, post_id)
    if row["liked"]:
        await telling.liked(tx, caller, post_id=post_id, author_id=post["author_id"])
    return row["liked"], row["likes_count"]


async def toggle_comment_like(tx: Tx, caller: Caller, comment_id: int) -> Likes:
    """Like a comment, or no longer. Raises NotFound."""
    gate = Gate.of(caller)
    comment = await tx.one(comment_queries.comment_to_like(gate), comment_id=comment_id, **gate.parameters(caller))
    if comment is None:
        raise NotFound(Reason.COMMENT_NOT_FOUND)
    row = await _set(tx, caller, queries.COMMENT, comment_id, wanted=None)
    assert row is not None  # a toggle always changes something
    if row["liked"]:
        await telling.liked(
            tx, caller, post_id=comment["post_id"], comment_id=comment_id, author_id=comment["author_id"]
        )
    return row["liked"], row["likes_count"]


async def _set(tx: Tx, caller: Caller, kind: queries.Liked, thing_id: int, *, wanted: bool | None) -> Row | None:
    at = {} if wanted is False else {"now": clock.now()}
    return await tx.one(queries.set_like(kind, wanted=wanted), thing_id=thing_id, caller_id=caller.user_id, **at)
