"""Where an item stands between its creator and the moderators, who may move it, and what follows when it moves."""

from collections.abc import Collection

from cnt_grpc import moderation, notification
from cnt_grpc.content.kinds import ItemKind
from cnt_grpc.content.queries import changes
from cnt_grpc.content.rules import artists, files, finding
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Status

_REVIEWED = frozenset({"title", "description", "media_id", "cover_id", "cover_key"})
"""What moderators looked at when they approved an item of any kind: changing it asks for another look."""


def is_trusted(caller: Caller) -> bool:
    """Whether everyone sees at once what the caller makes. Verified artists are those who have the creator role."""
    return caller.is_moderator or caller.is_creator


def next_status(kind: ItemKind, old: Row, caller: Caller, asked: Status | None, changed: Collection[str]) -> Status:
    """Where an item stands after an update by a caller who may change it, asked to stand at `asked` (None: unasked)."""
    stands = Status(old["status"])
    trusted = is_trusted(caller)
    if old["held"] and old["creator_id"] == caller.user_id:
        # What a moderator took out comes back by a moderator: all that its creator can do is to send it again.
        again = stands is Status.REJECTED or (trusted and asked in {Status.PENDING, Status.APPROVED})
        return Status.PENDING if again else stands
    if trusted and asked is not None:
        return asked
    if stands is Status.APPROVED and not trusted and not (_REVIEWED | kind.reviewed).isdisjoint(changed):
        return Status.PENDING
    return stands


async def stand(
    tx: Tx, kind: ItemKind, item_id: int, *, was: Status, now: Status, by_moderator: bool, reason: str = ""
) -> None:
    """Move a locked item to another status, with all that follows; what a moderator decides, its creator is told."""
    decision: dict[str, object] = {}
    if by_moderator:
        decision = {"held": now in {Status.REJECTED, Status.ARCHIVED}, "reason": reason}
    at = clock.now()
    item = await tx.one(changes.set_status(decided=by_moderator), item_id=item_id, was=was, now=now, at=at, **decision)
    assert item is not None  # it is locked, so that nobody else moved it
    if now is Status.APPROVED:
        await files.publish(tx, item)
        first = item["approved_at"] == at
        await artists.published(tx, item["creator_id"], item_id, plays=item["plays_count"], first=first)
    elif was is Status.APPROVED:
        await files.withdraw(tx, item)
        await artists.withdrawn(tx, item["creator_id"], plays=item["plays_count"])
    await finding.index_item(tx, kind, item_id)
    await moderation.moved(tx, kind.name, item_id, author_id=item["creator_id"], was=was, now=now)
    if by_moderator:
        await notification.tell(tx, [item["creator_id"]], _notice(kind, item, now, reason))


async def tell_of_deletion(tx: Tx, kind: ItemKind, item: Row, reason: str) -> None:
    """Tell its creator that a moderator deleted an item."""
    notice = notification.ContentRejected(
        content_type=kind.name, content_id=item["id"], content_title=item["title"], reason=reason or "it was deleted"
    )
    await notification.tell(tx, [item["creator_id"]], notice)


def _notice(
    kind: ItemKind, item: Row, now: Status, reason: str
) -> notification.ContentApproved | notification.ContentRejected:
    if now is Status.APPROVED:
        return notification.ContentApproved(content_type=kind.name, content_id=item["id"], content_title=item["title"])
    why = reason or f"it was {now}"
    return notification.ContentRejected(
        content_type=kind.name, content_id=item["id"], content_title=item["title"], reason=why
    )
