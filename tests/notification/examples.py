"""For each method of the room a valid call, for the laws."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cnt_grpc.kit import clock
from cnt_grpc.notification import devices, unsubscribing
from cnt_grpc.notification.queries import devices as device_queries
from cnt_grpc.notification.queries import inboxes
from cnt_grpc.pb.cnt.notification.v1 import device_service_pb2 as device_pb2
from cnt_grpc.pb.cnt.notification.v1 import notification_pb2 as pb2
from tests.harness.examples import Example, Fields, Foreign, Pages
from tests.notification.inboxes import tell
from tests.notification.office import as_caller

if TYPE_CHECKING:
    from tests.harness.world import Person, World

SERVICE = "cnt.notification.v1.NotificationService"
DEVICE = "cnt.notification.v1.DeviceService"
UNSUBSCRIBE = "cnt.notification.v1.UnsubscribeService"


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
    """No likes in the inbox, nothing at night, and a mail a day."""
    return {
        "preferences": [pb2.NotificationPreference(type=pb2.NOTIFICATION_TYPE_LIKE, in_app=False)],
        "quiet_hours": pb2.QuietHours(begin="22:00", end="07:00"),
        "mail_rhythm": pb2.MAIL_RHYTHM_DAILY,
    }


async def new_device(world: World, who: Person) -> Fields:
    """A device that nobody has registered."""
    return {"token": secrets.token_urlsafe(90), "platform": device_pb2.DEVICE_PLATFORM_ANDROID}


async def device(world: World, who: Person) -> Fields:
    """One of the caller's devices, by its token."""
    token = secrets.token_urlsafe(90)
    await _register(world, who, token)
    return {"token": token}


async def their_device(world: World, who: Person) -> int:
    """A device of this person."""
    return await _register(world, who, secrets.token_urlsafe(90))


async def my_device(world: World, who: Person) -> Fields:
    """One of the caller's devices."""
    return {"device_id": await their_device(world, who)}


async def their_token(world: World, who: Person) -> str:
    """The token of a device of this person."""
    return str((await device(world, who))["token"])


async def fill_devices(world: World, who: Person, number: int) -> Fields:
    """So many devices."""
    # Straight into the table: the rules keep fewer than the laws walk through.
    async with world.db.transaction() as tx:
        for _ in range(number):
            values = {"token_hash": secrets.token_bytes(32), "token": b"", "platform": "ios", "now": clock.now()}
            await tx.one(device_queries.register(), user_id=who.id, **values)
    return {}


async def link(world: World, who: Person) -> Fields:
    """What a mail to the caller ends with."""
    return {"token": unsubscribing.url("", who.id, "donation").rpartition("/")[2]}


async def _register(world: World, who: Person, token: str) -> int:
    async with world.db.transaction() as tx:
        row = await devices.register(tx, as_caller(who), token, "web")
    return int(row["id"])


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
    f"{DEVICE}/RegisterDevice": Example(given=new_device),
    f"{DEVICE}/ListDevices": Example(pages=Pages(fill_devices, "devices", key="device_id")),
    f"{DEVICE}/DeleteDevice": Example(given=my_device, foreign=Foreign("device_id", their_device, "DEVICE_NOT_FOUND")),
    f"{DEVICE}/UnregisterDevice": Example(
        given=device,
        foreign=Foreign("token", their_token, "DEVICE_NOT_FOUND", unknown="a token that no device has"),
    ),
    f"{UNSUBSCRIBE}/ShowUnsubscribe": Example(given=link),
    f"{UNSUBSCRIBE}/Unsubscribe": Example(given=link),
}
