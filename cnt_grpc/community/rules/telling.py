"""What authors are told of likes, comments and replies: never of themselves, and what belongs together once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from cnt_grpc import notification
from cnt_grpc.community import jobs
from cnt_grpc.community.queries import comments as comment_queries
from cnt_grpc.community.queries import likes as queries
from cnt_grpc.community.rules.standing import KIND
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller

GATHERED: Final = timedelta(minutes=10)
"""An author hears of the first like at once, and of those that follow together, this much later."""
ONE_GO: Final = timedelta(minutes=2)
"""What one person writes to one post within this time is told once."""


async def liked(tx: Tx, caller: Caller, *, post_id: int, author_id: int, comment_id: int = 0) -> None:
    """Tell an author of a like of the caller's: at once when it is the first, else together with others."""
    if author_id == caller.user_id:
        return
    thing = {"post_id": post_id, "comment_id": comment_id}
    noted = await tx.one(queries.note_like(), **thing, user_id=caller.user_id, now=clock.now())
    if noted is None:
        return  # they were told of this one before, or will be
    if noted["is_first"]:
        await tell_gathered(tx, **thing)
    else:
        await jobs.tell_likes(tx, **thing, delay=GATHERED)


async def tell_gathered(tx: Tx, *, post_id: int, comment_id: int) -> None:
    """Tell an author, in one notice, of all likes of a thing that wait to be told."""
    thing = {"post_id": post_id, "comment_id": comment_id}
    waiting = [row["user_id"] for row in await tx.all(queries.take_waiting(), **thing, now=clock.now())]
    kind = queries.COMMENT if comment_id else queries.POST
    found = await tx.all(queries.still_liking(kind), thing_id=comment_id or post_id, user_ids=waiting)
    if gone := sorted(set(waiting) - {row["id"] for row in found}):
        await tx.run(queries.forget_likers(), **thing, user_ids=gone)
    if found:
        notice = _like(found, what="comment" if comment_id else "post", **thing)
        await notification.tell(tx, [found[0]["author_id"]], notice, about=_name(**thing))


def _like(likers: Sequence[Row], *, post_id: int, comment_id: int, what: str) -> notification.Like:
    others = len(likers) - 1
    words = "likes" if not others else "and 1 other like" if others == 1 else f"and {others} others like"
    latest = likers[0]
    return notification.Like(
        user_id=latest["id"], name=latest["name"], post_id=post_id, comment_id=comment_id, what=what, likes=words
    )


async def commented(tx: Tx, comment: Row, *, author_id: int, parent_author_id: int) -> None:
    """Tell the post's author of a comment, and who wrote `parent_author_id`'s comment (0: nobody) of a reply.

    One person hears of one comment once, and once of several that one person wrote to the same thing in one go.
    """
    writer = comment["author_id"]
    here = {"post_id": comment["post_id"], "author_id": writer, "comment_id": comment["id"]}
    here["parent_id"] = comment["parent_id"]
    if await tx.value(comment_queries.wrote_just_now(), **here, since=comment["created_at"] - ONE_GO):
        return
    facts = {
        "user_id": writer,
        "name": comment["author_name"],
        "post_id": comment["post_id"],
        "comment_id": comment["id"],
        "excerpt": comment["content"],
    }
    about = _name(post_id=comment["post_id"], comment_id=comment["id"])
    if parent_author_id not in {0, writer}:
        await notification.tell(tx, [parent_author_id], notification.Reply(**facts), about=about)
    if author_id not in {writer, parent_author_id}:
        await notification.tell(tx, [author_id], notification.Comment(**facts), about=about)


async def take_back(tx: Tx, *, post_id: int, comment_id: int) -> None:
    """Take back what people were told of a comment that is deleted; of a post, moderation does."""
    await notification.take_back(tx, _name(post_id=post_id, comment_id=comment_id), author_id=None)


def _name(*, post_id: int, comment_id: int) -> str:
    """What a notice is about: a post, or a comment to it, which is hidden with the post."""
    post = notification.thing(KIND, post_id)
    return notification.thing("comment", comment_id, within=post) if comment_id else post
