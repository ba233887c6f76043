"""Notices of what is hidden: gone from inboxes, streams, pushes and mails, and not written while it is hidden."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from cnt_grpc import notification
from cnt_grpc.kit import clock, jobs
from cnt_grpc.notification import rules, taking_back
from cnt_grpc.notification.rules import MailRhythm
from cnt_grpc.pb.cnt.notification.v1.jobs_pb2 import TakeBack
from tests.notification.inboxes import PATIENCE, Stream, approved
from tests.notification.office import Office, as_caller

if TYPE_CHECKING:
    import pytest

    from cnt_grpc.kit.db import Database
    from tests.harness.api import Api
    from tests.harness.world import Person, World

_numbers = count(1)


def new_thing() -> str:
    """The name of a thing that no other test hides."""
    return notification.thing("test", next(_numbers))


async def tell(db: Database, *people: Person, about: str, number: int = 1) -> None:
    """Tell these people of a thing."""
    async with db.transaction() as tx:
        await notification.tell(tx, [each.id for each in people], approved(number), about=about)


async def hide(db: Database, about: str, author: Person | None = None) -> None:
    """Hide the thing, and wait until what was told of it is taken back."""
    async with db.transaction() as tx:
        await notification.take_back(tx, about, author_id=author.id if author else None)
    await taken_back(db, about)


async def taken_back(db: Database, about: str) -> None:
    """Wait until a job has taken it back."""
    async with db.transaction() as tx:
        job_id = await jobs.enqueue(tx, taking_back.TAKE_BACK, TakeBack(about=about))
    assert db.bus is not None
    assert await jobs.wait(db, db.bus, job_id, PATIENCE) == jobs.State.DONE


async def show(db: Database, about: str) -> None:
    async with db.transaction() as tx:
        await notification.show_again(tx, about)


async def inbox(api: Api, who: Person) -> tuple[list[int], int]:
    """The numbers in somebody's inbox, and how many they have not read."""
    reply = await api.as_(who).notification.ListNotifications()
    counted = await api.as_(who).notification.GetUnreadCount()
    assert reply.unread_count == counted.unread_count
    return [each.seq for each in reversed(reply.notifications)], reply.unread_count


async def test_what_is_hidden_leaves_list_count_and_replay(world: World, api: Api) -> None:
    ann, bob, author = await world.users(3)
    about, other = new_thing(), new_thing()
    part = notification.thing("part", 7, within=about)
    for number, told in enumerate((other, about, part, other), 1):
        await tell(world.db, ann, bob, author, about=told, number=number)
    await api.as_(bob).notification.MarkNotificationsRead(seqs=[2])
    async with Stream(api, ann, after_seq=4) as open_stream:
        await open_stream.unread(4)
        await hide(world.db, about, author)
        await open_stream.unread(2)
    assert await inbox(api, ann) == ([1, 4], 2)
    assert await inbox(api, bob) == ([1, 4], 2)
    assert await inbox(api, author) == ([1, 2, 3, 4], 4)
    async with Stream(api, ann) as replay:
        assert [(await replay.notification()).seq for _ in range(2)] == [1, 4]
        assert (await replay.beat()).unread_count == 2
    async with Stream(api, ann, after_seq=2) as replay:
        assert (await replay.notification()).seq == 4


async def test_a_part_goes_without_the_whole_and_a_like_number_stays(world: World, api: Api) -> None:
    ann = await world.user()
    about = new_thing()
    part, another = (notification.thing("part", number, within=about) for number in (7, 70))
    longer = f"{about[:-1]}0/"  # as of a thing whose number begins alike
    for told in (about, part, another, longer):
        await tell(world.db, ann, about=told)
    await hide(world.db, part)
    assert (await inbox(api, ann))[0] == [1, 3, 4]
    await hide(world.db, about)
    assert (await inbox(api, ann))[0] == [4]


async def test_nobody_is_told_of_what_is_hidden_and_what_comes_back_is_not_told_again(world: World, api: Api) -> None:
    ann, author = await world.users(2)
    about = new_thing()
    part = notification.thing("part", 7, within=about)
    await tell(world.db, ann, author, about=about)
    await hide(world.db, about, author)
    # Such as those whom a job tells that was enqueued before.
    await tell(world.db, ann, author, about=part)
    assert (await inbox(api, ann), await inbox(api, author)) == (([], 0), ([1, 2], 2))
    await show(world.db, about)
    await taken_back(world.db, about)  # the job that comes once more
    assert (await inbox(api, ann), await inbox(api, author)) == (([], 0), ([1, 2], 2))
    await tell(world.db, ann, about=part)
    assert await inbox(api, ann) == ([2], 1)


async def test_many_inboxes_are_cleared_a_few_a_transaction(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await world.users(7)
    about = new_thing()
    for _ in range(2):
        await tell(world.db, *people, about=about)
    monkeypatch.setattr(taking_back, "AT_ONCE", 3)
    async with world.db.transaction() as tx:
        await notification.take_back(tx, about, author_id=None)
    cleared = [await world.db.transact(partial(taking_back._take_some, about)) for _ in range(4)]
    # The worker's own job clears along.
    assert all(number <= 3 + 3 for number in cleared)
    await taken_back(world.db, about)
    for who in people:
        assert await inbox(api, who) == ([], 0)


async def test_what_waits_to_be_pushed_or_mailed_is_dropped(office: Office) -> None:
    ann, bob, cy = [await office.person() for _ in range(3)]
    token, about = await office.device(ann), new_thing()
    async with office.db.transaction() as tx:
        for who in (ann, bob):
            await rules.choose_settings(tx, as_caller(who), quiet=None, sets_quiet=False, rhythm=MailRhythm.DAILY)
    office.firebase.fail(token, 503, Retry_After="1")
    await tell(office.db, ann, bob, cy, about=about)
    await office.settled(ann, "waiting", "waiting")  # a push that failed, and a mail for the day
    await office.settled(bob, "waiting")
    await office.settled(cy, "sent")
    await tell(office.db, bob, about=new_thing(), number=2)
    await office.settled(bob, "waiting", "waiting")
    await hide(office.db, about)
    for row in await office.settled(ann, "dropped", "dropped"):
        assert (row["title"], row["message"], row["data"]) == ("", "", {})
    await office.settled(bob, "dropped", "waiting")
    await office.settled(cy, "sent")
    clock.move(timedelta(days=1))
    await office.send_due(ann, bob)
    assert office.firebase.to(token) == []
    assert office.mails.to(ann.email) == []
    (mail,) = office.mails.to(bob.email)
    assert mail["Subject"] == "“Sermon 2” is approved"


async def test_telling_while_it_is_hidden_leaves_nothing(world: World, api: Api) -> None:
    people = await world.users(4)
    about = new_thing()

    async def keep_telling() -> None:
        for _ in range(10):
            await tell(world.db, *people, about=about)

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(keep_telling())
        await asyncio.sleep(0.02)
        async with world.db.transaction() as tx:
            await notification.take_back(tx, about, author_id=None)
    await taken_back(world.db, about)
    for who in people:
        assert await inbox(api, who) == ([], 0)


async def test_what_was_deleted_long_ago_is_forgotten_and_what_is_hidden_is_not(office: Office) -> None:
    who = await office.person()
    gone, hidden = new_thing(), new_thing()
    await hide(office.db, gone)
    await hide(office.db, hidden, await office.person())
    clock.move(rules.KEPT * 1.1)
    while await office.db.transact(taking_back.forget_deleted):
        pass
    for about in (gone, hidden):
        await tell(office.db, who, about=about)
    (row,) = await office.deliveries(who)
    assert row["about"] == gone
