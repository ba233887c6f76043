"""Where a post stands between its author and the moderators, who may move it, and what follows when it moves."""

from collections.abc import Collection
from typing import Final

from cnt_grpc import moderation, notification
from cnt_grpc.community.queries import changes
from cnt_grpc.community.rules import files, finding, watching
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Status

KIND: Final = "community_post"
"""What moderators call posts."""

_REVIEWED: Final = frozenset({"title", "content", "files"})
"""What moderators looked at when they approved a post: changing it asks for another look."""


def is_trusted(caller: Caller) -> bool:
    """Whether everyone sees at once what the caller writes. Verified artists are those who have the creator role."""
    return caller.is_moderator or caller.is_creator


def next_status(old: Row, caller: Caller, changed: Collection[str]) -> Status:
    """Where a post stands after these changes by a caller who may make them."""
    stands = Status(old["status"])
    if not changed:
        return stands
    if stands is Status.REJECTED and old["author_id"] == caller.user_id:
        # What a moderator took out comes back by a moderator: all that its author can do is to send it again.
        return Status.PENDING
    if stands is Status.APPROVED and not is_trusted(caller) and not _REVIEWED.isdisjoint(changed):
        return Status.PENDING
    return stands


async def stand(tx: Tx, post_id: int, *, was: Status, now: Status, by_moderator: bool, reason: str = "") -> None:
    """Move a locked post to another status, with all that follows; what a moderator decides, its author is told."""
    decision = {"reason": reason} if by_moderator else {}
    post = await tx.one(
        changes.set_status(decided=by_moderator), post_id=post_id, was=was, now=now, at=clock.now(), **decision
    )
    assert post is not None  # it is locked, so that nobody else moved it
    watching.wake(tx, post_id)
    if now is Status.APPROVED:
        await files.publish(tx, post_id)
        await finding.put(tx, post_id)
    elif was is Status.APPROVED:
        await files.withdraw(tx, post_id)
        await finding.remove(tx, post_id)
    await moderation.moved(tx, KIND, post_id, author_id=post["author_id"], was=was, now=now)
    if by_moderator:
        await notification.tell(tx, [post["author_id"]], _notice(post, now, reason))


async def tell_of_deletion(tx: Tx, post: Row, reason: str) -> None:
    """Tell its author that a moderator deleted a post."""
    notice = notification.ContentRejected(
        content_type=KIND,
        content_id=post["id"],
        content_title=finding.title_of(post) or "Your post",
        reason=reason or "it was deleted",
    )
    await notification.tell(tx, [post["author_id"]], notice)


def _notice(post: Row, now: Status, reason: str) -> notification.ContentApproved | notification.ContentRejected:
    title = finding.title_of(post) or "Your post"
    if now is Status.APPROVED:
        return notification.ContentApproved(content_type=KIND, content_id=post["id"], content_title=title)
    return notification.ContentRejected(
        content_type=KIND, content_id=post["id"], content_title=title, reason=reason or f"it was {now}"
    )
