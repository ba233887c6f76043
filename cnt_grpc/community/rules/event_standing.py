"""Where an event stands between its host and the moderators, and what follows when it moves: cover and search."""

from typing import Final

from cnt_grpc import media, moderation, search
from cnt_grpc.community.queries import event_changes as changes
from cnt_grpc.community.tables import events
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.moderation import Status

ROOM: Final = "community"


async def show(tx: Tx, event: Row) -> None:
    """Let everyone see the cover of an approved event, and find it."""
    if event["cover_id"] is not None:
        await media.publish(tx, event["cover_id"], ROOM, ref(event["id"]))
    await search.put(tx, document(event))


async def hide(tx: Tx, event: Row) -> None:
    """Let nobody see the cover any more, unless something else shows it, nor find the event."""
    if event["cover_id"] is not None:
        await media.withdraw(tx, event["cover_id"], ROOM, ref(event["id"]))
    await search.remove(tx, search.Kind.EVENT, event["id"])


def ref(event_id: int) -> str:
    """As what the media room knows an event."""
    return f"event:{event_id}"


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


async def _follow(tx: Tx, event: Row, was: Status, now: Status) -> None:
    if now is Status.APPROVED:
        await show(tx, event)
    elif was is Status.APPROVED:
        await hide(tx, event)


STANDING: Final = moderation.Standing(
    kind="event",
    things=moderation.Things(events, events.c.host_id),
    reviewed=frozenset({"title", "description", "location", "cover_id"}),
    set_status=changes.set_status,
    follow=_follow,
)
"""Of events."""
KIND: Final = STANDING.kind
"""What moderators call events."""
