"""For each method of the room a valid call, for the laws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnt_grpc.notification.queries import inboxes
from cnt_grpc.pb.cnt.notification.v1 import notification_pb2 as pb2
from tests.harness.examples import Example, Fields, Foreign, Pages
from tests.notification.inboxes import tell

if TYPE_CHECKING:
    from tests.harness.world import Person, World

SERVICE = "cnt.notification.v1.NotificationService"


async def told(world: World, who: Person) -> Fields:
    """Something in the inbox."""
    await tell(world, who)
    return {}


async def newest(world: World, who: Person) -> Fields:
    """The number of the newest notification."""
    await tell(world, who)
    return {"seq": await _last_seq(world, who)}


async def some(world: World, who: Person) -> Fields:
    """Numbers of notifications that are not read."""
    return {"seqs": [(await newest(world, who))["seq"]]}


async def theirs(world: World, who: Person) -> int:
    """A number that this person's inbox holds, and that of nobody who was told less."""
    await tell(world, who, times=5)
    return await _last_seq(world, who)


async def fill(world: World, who: Person, number: int) -> Fields:
    """So many notifications."""
    await tell(world, who, times=number)
    return {}


async def choice(world: World, who: Person) -> Fields:
    """No likes in the inbox."""
    return {"preferences": [pb2.NotificationPreference(type=pb2.NOTIFICATION_TYPE_LIKE, in_app=False)]}


async def _last_seq(world: World, who: Person) -> int:
    async with world.db.reading() as tx:
        return int(await tx.value(inboxes.head(), recipient_id=who.id))


EXAMPLES = {
    f"{SERVICE}/ListNotifications": Example(given=told, pages=Pages(fill, "notifications", key="seq")),
    f"{SERVICE}/GetUnreadCount": Example(given=told),
    f"{SERVICE}/MarkNotificationsRead": Example(given=some),
    f"{SERVICE}/MarkAllNotificationsRead": Example(given=told),
    f"{SERVICE}/DeleteNotification": Example(given=newest, foreign=Foreign("seq", theirs, "NOTIFICATION_NOT_FOUND")),
    f"{SERVICE}/DeleteNotifications": Example(given=told),
    # What was told, and the heartbeat that says that this is all.
    f"{SERVICE}/WatchNotifications": Example(given=told, role="guest", streams=2),
    f"{SERVICE}/GetNotificationPreferences": Example(),
    f"{SERVICE}/UpdateNotificationPreferences": Example(given=choice),
}
