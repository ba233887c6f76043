"""The inbox by request: list it, count it, mark it, delete from it; always one's own."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

import pytest
from grpc import StatusCode

from cnt_grpc import notification
from cnt_grpc.pb.cnt.notification.v1 import notification_pb2 as pb2
from tests.notification.inboxes import approved, tell

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import World


def seqs(reply: Any) -> list[int]:
    return [each.seq for each in reply.notifications]


async def test_the_list_shows_what_was_told_newest_first(world: World, api: Api) -> None:
    ann = await world.user()
    await tell(world, ann, notice=notification.Follow(user_id=7, name="Bob"))
    await tell(world, ann, notice=approved(12))
    reply = await api.as_(ann).notification.ListNotifications()
    assert seqs(reply) == [2, 1]
    assert (reply.last_seq, reply.unread_count) == (2, 2)
    newest = reply.notifications[0]
    assert newest.type == pb2.NOTIFICATION_TYPE_CONTENT_APPROVED
    assert newest.title == "“Sermon 12” is approved"
    assert dict(newest.data) == {"content_type": "podcast", "content_id": "12", "content_title": "Sermon 12"}
    assert not newest.read
    assert newest.created_at.seconds > 0


async def test_a_block_leaves_of_a_notice_that_there_is_one(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    said = notification.Comment(user_id=bob.id, name=bob.name, post_id=3, comment_id=4, excerpt="Amen, sister.")
    await tell(world, ann, notice=said)
    await tell(world, ann, notice=approved(12))
    mine = api.as_(ann).notification
    before = await mine.ListNotifications()
    await api.as_(bob).user.BlockUser(user_id=ann.id)
    reply = await mine.ListNotifications()
    assert (seqs(reply), reply.unread_count) == ([2, 1], 2), "its number stays, so that counting along stays right"
    assert reply.notifications[0] == before.notifications[0], "what is about nobody stays as it is"
    hidden = reply.notifications[1]
    assert (hidden.type, hidden.title, hidden.message) == (pb2.NOTIFICATION_TYPE_COMMENT, "No longer available", "")
    assert dict(hidden.data) == {"user_id": "0", "name": "", "post_id": "0", "comment_id": "0", "excerpt": ""}
    assert (await mine.MarkNotificationsRead(seqs=[1])).unread_count == 1
    await api.as_(bob).user.UnblockUser(user_id=ann.id)
    assert (await mine.ListNotifications()).notifications[1].message == "Amen, sister."


async def test_an_inbox_that_nothing_ever_entered_is_empty(world: World, api: Api) -> None:
    mine = api.as_(await world.user()).notification
    reply = await mine.ListNotifications()
    assert (seqs(reply), reply.last_seq, reply.unread_count, reply.next_page_token) == ([], 0, 0, "")
    assert (await mine.GetUnreadCount()).unread_count == 0
    assert (await mine.MarkAllNotificationsRead()).unread_count == 0
    assert (await mine.DeleteNotifications()).deleted_count == 0


async def test_marking_some_as_read(world: World, api: Api) -> None:
    ann = await world.user()
    await tell(world, ann, times=4)
    mine = api.as_(ann).notification
    assert (await mine.MarkNotificationsRead(seqs=[2, 3, 99])).unread_count == 2
    assert (await mine.MarkNotificationsRead(seqs=[2])).unread_count == 2
    assert (await mine.GetUnreadCount()).unread_count == 2
    assert seqs(await mine.ListNotifications(unread_only=True)) == [4, 1]
    assert [each.read for each in (await mine.ListNotifications()).notifications] == [False, True, True, False]
    assert (await mine.MarkAllNotificationsRead()).unread_count == 0
    assert seqs(await mine.ListNotifications(unread_only=True)) == []


async def test_pages_of_unread_only(world: World, api: Api) -> None:
    ann = await world.user()
    await tell(world, ann, times=7)
    mine = api.as_(ann).notification
    await mine.MarkNotificationsRead(seqs=[6, 3])
    first = await mine.ListNotifications(unread_only=True, page_size=2)
    second = await mine.ListNotifications(unread_only=True, page_size=2, page_token=first.next_page_token)
    third = await mine.ListNotifications(unread_only=True, page_size=2, page_token=second.next_page_token)
    assert [seqs(first), seqs(second), seqs(third)] == [[7, 5], [4, 2], [1]]
    assert third.next_page_token == ""
    await mine.ListNotifications(page_token=first.next_page_token).fails(
        StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID"
    )


async def test_deleting_one(world: World, api: Api) -> None:
    ann = await world.user()
    await tell(world, ann, times=3)
    mine = api.as_(ann).notification
    await mine.MarkNotificationsRead(seqs=[1])
    assert (await mine.DeleteNotification(seq=1)).unread_count == 2
    assert (await mine.DeleteNotification(seq=3)).unread_count == 1
    reply = await mine.ListNotifications()
    assert (seqs(reply), reply.last_seq, reply.unread_count) == ([2], 3, 1)
    await mine.DeleteNotification(seq=3).fails(StatusCode.NOT_FOUND, "NOTIFICATION_NOT_FOUND")
    await tell(world, ann)
    assert seqs(await mine.ListNotifications()) == [4, 2]


async def test_deleting_what_is_read_or_all(world: World, api: Api) -> None:
    ann = await world.user()
    await tell(world, ann, times=5)
    mine = api.as_(ann).notification
    await mine.MarkNotificationsRead(seqs=[1, 4])
    reply = await mine.DeleteNotifications(read_only=True)
    assert (reply.deleted_count, reply.unread_count) == (2, 3)
    reply = await mine.DeleteNotifications()
    assert (reply.deleted_count, reply.unread_count) == (3, 0)
    assert seqs(await mine.ListNotifications()) == []


async def test_the_same_number_in_two_inboxes_is_two_notifications(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    await tell(world, ann, bob)
    await api.as_(bob).notification.MarkNotificationsRead(seqs=[1])
    await api.as_(bob).notification.DeleteNotification(seq=1)
    await api.as_(bob).notification.DeleteNotifications()
    reply = await api.as_(ann).notification.ListNotifications()
    assert [each.read for each in reply.notifications] == [False]
    await api.as_(bob).notification.DeleteNotification(seq=1).fails(StatusCode.NOT_FOUND, "NOTIFICATION_NOT_FOUND")


async def test_guests_have_no_list(world: World, api: Api) -> None:
    guest = await world.user(is_guest=True)
    await api.as_(guest).notification.ListNotifications().fails(StatusCode.PERMISSION_DENIED, "ROLE_MISSING")


@pytest.mark.parametrize("numbers", [[], [0], list(range(1, 502))])
async def test_numbers_are_positive_and_not_too_many(world: World, api: Api, numbers: list[int]) -> None:
    ann = await world.user()
    await api.as_(ann).notification.MarkNotificationsRead(seqs=numbers).fails(StatusCode.INVALID_ARGUMENT, "INVALID")


async def test_the_count_is_right_after_everything_at_once(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).notification

    async def mark() -> None:
        await mine.MarkNotificationsRead(seqs=random.sample(range(1, 60), 10))

    async def delete() -> None:
        await mine.DeleteNotifications(read_only=True)

    async def all_read() -> None:
        await mine.MarkAllNotificationsRead()

    work = [tell(world, ann) for _ in range(40)] + [mark() for _ in range(15)] + [delete() for _ in range(5)]
    work.append(all_read())
    random.shuffle(work)
    await asyncio.gather(*work)
    unread = await mine.ListNotifications(unread_only=True, page_size=100)
    assert unread.unread_count == len(unread.notifications)
    assert unread.last_seq == 40
