"""Where an event stands between its host and the moderators, and what follows when it moves: cover, search, notices."""

from collections.abc import Collection
from typing import Final

from cnt_grpc import media, moderation, notification, search
from cnt_grpc.community.queries import event_changes as changes
from cnt_grpc.community.queries import events as queries
from cnt_grpc.community.rules.standing import is_trusted
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Status

KIND: Final = "event"
"""What moderators call events."""
ROOM: Final = "community"

_REVIEWED: Final = frozenset({"title", "description", "location", "cover_id"})
"""What moderators looked at when they approved an event: changing it asks for another look."""


def next_status(old: Row, caller: Caller, changed: Collection[str]) -> Status:
    """Where an event stands after these changes by a caller who may make them."""
    stands = Status(old["status"])
    if not changed:
        return stands
    if stands is Status.REJECTED and old["host_id"] == caller.user_id:
        return Status.PENDING
    if stands is Status.APPROVED and not is_trusted(caller) and not _REVIEWED.isdisjoint(changed):
        return Status.PENDING
    return stands


async def stand(tx: Tx, event_id: int, *, was: Status, now: Status, by_moderator: bool, reason: str = "") -> None:
    """Move a locked event to another status, with all that follows; what a moderator decides, its host is told."""
    decision = {"reason": reason} if by_moderator else {}
    event = await tx.one(
        changes.set_status(decided=by_moderator), event_id=event_id, was=was, now=now, at=clock.now(), **decision
    )
    assert event is not None  # it is locked, so that nobody else moved it
    if now is Status.APPROVED:
        await show(tx, event)
    elif was is Status.APPROVED:
        await hide(tx, event)
    await moderation.moved(tx, KIND, event_id, author_id=event["host_id"], was=was, now=now)
    if by_moderator:
        await notification.tell(tx, [event["host_id"]], _notice(event, now, reason))


async def show(tx: Tx, event: Row) -> None:
    """Let everyone see the cover of an approved event, and find it."""
    if event["cover_id"] is not None:
        await media.publish(tx, event["cover_id"])
    await search.put(tx, document(event))


async def hide(tx: Tx, event: Row) -> None:
    """Let nobody see the cover any more, unless another event shows it, nor find the event."""
    file = event["cover_id"]
    if file is not None and not await tx.value(queries.is_public_cover(), file=file):
        await media.withdraw(tx, file)
    await search.remove(tx, search.Kind.EVENT, event["id"])


def document(event: Row) -> search.Document:
    """An event as it is found."""
    return search.Document(
        kind=search.Kind.EVENT,
        ref=event["id"],
        title=event["title"],
        subtitle=event["location"],
        text=event["description"],
        owner_id=event["host_id"],
        picture_key=event["cover_key"],
        at=event["starts_at"],
    )


async def tell_of_deletion(tx: Tx, event: Row, reason: str) -> None:
    """Tell a host that moderators deleted their event."""
    await notification.tell(tx, [event["host_id"]], _rejected(event, reason or "it was deleted"))


def _notice(event: Row, now: Status, reason: str) -> notification.ContentApproved | notification.ContentRejected:
    if now is Status.APPROVED:
        return notification.ContentApproved(content_type=KIND, content_id=event["id"], content_title=event["title"])
    return _rejected(event, reason or f"it was {now}")


def _rejected(event: Row, reason: str) -> notification.ContentRejected:
    return notification.ContentRejected(
        content_type=KIND, content_id=event["id"], content_title=event["title"], reason=reason
    )
