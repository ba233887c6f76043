"""Preferences: what a type does by default, what a person chose instead, and what nobody may switch off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpc import StatusCode

from cnt_grpc import notification
from cnt_grpc.notification.notice import KINDS
from cnt_grpc.pb.cnt.notification.v1 import notification_pb2 as pb2
from tests.notification.inboxes import approved, tell

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import World

LIKE, ALERT = pb2.NOTIFICATION_TYPE_LIKE, pb2.NOTIFICATION_TYPE_SECURITY_ALERT


def wanting(kind: pb2.NotificationType.ValueType, **channels: bool) -> pb2.NotificationPreference:
    return pb2.NotificationPreference(type=kind, **channels)


async def test_every_type_has_its_defaults(world: World, api: Api) -> None:
    ann = await world.user()
    shown = (await api.as_(ann).notification.GetNotificationPreferences()).preferences
    assert len(shown) == len(KINDS)
    assert all(each.HasField(channel) for each in shown for channel in ("in_app", "push", "mail"))
    like = next(each for each in shown if each.type == LIKE)
    assert (like.in_app, like.push, like.mail) == (True, False, False)


async def test_a_choice_stays_and_changes_nothing_else(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).notification
    before = {each.type: each for each in (await mine.GetNotificationPreferences()).preferences}
    now = await mine.UpdateNotificationPreferences(preferences=[wanting(LIKE, mail=True)])
    after = {each.type: each for each in (await mine.GetNotificationPreferences()).preferences}
    assert {each.type: each for each in now.preferences} == after
    before[LIKE].mail = True
    assert after == before
    await mine.UpdateNotificationPreferences(preferences=[wanting(LIKE, mail=False)])
    before[LIKE].mail = False
    assert {each.type: each for each in (await mine.GetNotificationPreferences()).preferences} == before


async def test_a_type_that_is_switched_off_does_not_reach_the_inbox(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    await api.as_(ann).notification.UpdateNotificationPreferences(preferences=[wanting(LIKE, in_app=False)])
    async with world.db.transaction() as tx:
        await notification.tell(tx, [ann.id, bob.id], notification.Like(user_id=1, name="Cy", post_id=2))
        await notification.tell(tx, [ann.id, bob.id], approved())
    await tell(world, ann, notice=notification.Like(user_id=1, name="Cy", post_id=2))
    kinds = [
        [each.type for each in (await api.as_(who).notification.ListNotifications()).notifications]
        for who in (ann, bob)
    ]
    approval = pb2.NOTIFICATION_TYPE_CONTENT_APPROVED
    assert kinds == [[approval], [approval, LIKE]]


async def test_a_security_alert_cannot_be_silenced(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).notification
    refused = mine.UpdateNotificationPreferences(preferences=[wanting(LIKE, in_app=False), wanting(ALERT, mail=False)])
    await refused.fails(StatusCode.FAILED_PRECONDITION, "NOTIFICATION_ALWAYS_SENT", type="security_alert")
    shown = {each.type: each for each in (await mine.GetNotificationPreferences()).preferences}
    assert shown[LIKE].in_app
    await mine.UpdateNotificationPreferences(preferences=[wanting(ALERT, push=False)])


async def test_a_type_must_be_one(world: World, api: Api) -> None:
    mine = api.as_(await world.user()).notification
    for kind in (0, 99):
        refused = mine.UpdateNotificationPreferences(preferences=[wanting(kind, push=True)])  # type: ignore[arg-type]
        await refused.fails(StatusCode.INVALID_ARGUMENT, "INVALID")


async def test_quiet_hours_and_the_rhythm_of_mails_stay_until_they_are_changed(world: World, api: Api) -> None:
    mine = api.as_(await world.user()).notification
    shown = await mine.GetNotificationPreferences()
    assert (shown.quiet_hours.begin, shown.quiet_hours.end, shown.mail_rhythm) == ("", "", pb2.MAIL_RHYTHM_SINGLE)
    night = pb2.QuietHours(begin="22:30", end="07:00")
    await mine.UpdateNotificationPreferences(quiet_hours=night)
    now = await mine.UpdateNotificationPreferences(mail_rhythm=pb2.MAIL_RHYTHM_DAILY)
    assert (now.quiet_hours, now.mail_rhythm) == (night, pb2.MAIL_RHYTHM_DAILY)
    now = await mine.UpdateNotificationPreferences(quiet_hours=pb2.QuietHours())
    assert (now.quiet_hours, now.mail_rhythm) == (pb2.QuietHours(), pb2.MAIL_RHYTHM_DAILY)
    assert await mine.GetNotificationPreferences() == type(shown)(
        preferences=now.preferences, quiet_hours=now.quiet_hours, mail_rhythm=now.mail_rhythm
    )


async def test_quiet_hours_are_two_times_of_day(world: World, api: Api) -> None:
    mine = api.as_(await world.user()).notification
    for begin, end in (("22:00", ""), ("", "07:00"), ("07:00", "07:00"), ("24:00", "07:00"), ("7:00", "08:00")):
        refused = mine.UpdateNotificationPreferences(quiet_hours=pb2.QuietHours(begin=begin, end=end))
        await refused.fails(StatusCode.INVALID_ARGUMENT, "INVALID")
