"""WatchNotifications through the wire: replay, then live, exactly once and in order, whatever breaks on the way."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from grpc import StatusCode
from sqlalchemy import Executable, bindparam, text, update

from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.events.dispatcher import SWEEP_SECONDS
from cnt_grpc.kit.events.tail import PAGE
from cnt_grpc.notification import rules
from cnt_grpc.notification.jobs import FORGET_OLD
from cnt_grpc.notification.tables import notifications
from cnt_grpc.pb.cnt.notification.v1.jobs_pb2 import ForgetOld
from tests.notification.inboxes import PATIENCE, Stream, tell

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import Person, World

DROPS = 50
"""Streams that are cut at a random moment in the property below."""


@statement
def kill_listeners() -> Executable:
    return text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'cnt-grpc listen' AND datname = current_database()"
    )


@statement
def age() -> Executable:
    """Let what one person was told be a week old, the newest six days and a half."""
    old = notifications.c.created_at - timedelta(days=6, hours=12)
    return update(notifications).where(notifications.c.recipient_id == bindparam("person")).values(created_at=old)


async def test_replays_what_is_there_and_follows(world: World, api: Api) -> None:
    ann = await world.user()
    await tell(world, ann, times=2)
    async with Stream(api, ann) as stream:
        first = await stream.notification()
        assert (first.seq, first.title) == (1, "“Sermon 1” is approved")
        assert (await stream.notification()).seq == 2
        beat = await stream.beat()
        assert (beat.unread_count, beat.last_seq) == (2, 2)
        await tell(world, ann)
        started = time.perf_counter()
        assert (await stream.notification()).seq == 3
        # A few hundredths on an idle machine; without a wake-up the sweep would find it.
        assert time.perf_counter() - started < SWEEP_SECONDS - 1


async def test_a_reconnect_goes_on_after_the_last_number(world: World, api: Api) -> None:
    ann = await world.user()
    await tell(world, ann, times=3)
    async with Stream(api, ann, after_seq=1) as stream:
        assert (await stream.notification()).seq == 2
    await tell(world, ann, times=2)
    async with Stream(api, ann, stream.resume) as stream:
        assert [(await stream.notification()).seq for _ in range(3)] == [3, 4, 5]
        assert (await stream.beat()).last_seq == 5


async def test_a_week_away_is_replayed_whole_after_every_cleaning(world: World, api: Api) -> None:
    ann = await world.user()
    number = 2 * PAGE + 5
    await tell(world, ann, times=number)
    async with world.db.transaction() as tx:
        await tx.run(age(), person=ann.id)
    assert world.db.bus is not None
    async with world.db.transaction() as tx:
        job_id = await jobs.enqueue(tx, FORGET_OLD, ForgetOld())
    assert await jobs.wait(world.db, world.db.bus, job_id, PATIENCE) == jobs.State.DONE
    await tell(world, ann)
    async with Stream(api, ann, after_seq=1) as stream:
        assert [(await stream.notification()).seq for _ in range(number)] == list(range(2, number + 2))
        assert (await stream.beat()).last_seq == number + 1


async def test_guests_may_watch(world: World, api: Api) -> None:
    guest = await world.user(is_guest=True)
    async with Stream(api, guest) as stream:
        assert (await stream.beat()).last_seq == 0
        await tell(world, guest)
        assert (await stream.notification()).seq == 1


async def test_nobody_hears_of_anothers(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with Stream(api, ann) as hers, Stream(api, bob) as his:
        await hers.beat()
        await his.beat()
        await tell(world, ann, times=3)
        await tell(world, bob)
        assert (await his.notification()).data["content_id"] == "1"
        assert (await api.as_(bob).notification.GetUnreadCount()).unread_count == 1
        assert [(await hers.notification()).seq for _ in range(3)] == [1, 2, 3]


async def test_two_devices_hear_the_same_and_of_what_the_other_read(world: World, api: Api) -> None:
    ann = await world.user()
    async with Stream(api, ann) as phone, Stream(api, ann) as browser:
        for device in (phone, browser):
            await device.beat()
        await tell(world, ann, times=2)
        for device in (phone, browser):
            assert [(await device.notification()).seq for _ in range(2)] == [1, 2]
        await api.as_(ann).notification.MarkNotificationsRead(seqs=[1])
        for device in (phone, browser):
            await device.unread(1)


async def test_a_long_replay_is_complete(world: World, api: Api) -> None:
    ann = await world.user()
    total = 3 * PAGE + 1
    await tell(world, ann, times=total)
    async with Stream(api, ann) as stream:
        assert [(await stream.notification()).seq for _ in range(total)] == list(range(1, total + 1))
        assert (await stream.beat()).last_seq == total


async def test_a_slow_reader_gets_everything_in_the_end(world: World, api: Api) -> None:
    ann = await world.user()
    total = 5 * PAGE
    async with Stream(api, ann) as slow:
        await slow.beat()
        await tell(world, ann, times=total)
        assert [(await slow.notification()).seq for _ in range(total)] == list(range(1, total + 1))


async def test_a_number_too_old_asks_for_a_resync(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).notification
    await tell(world, ann, times=3)
    clock.move(rules.KEPT + timedelta(days=1))
    await tell(world, ann, times=2)
    while await world.db.transact(rules.forget_old):
        pass
    clock.reset()  # or nobody would be signed in any more
    shown = await mine.ListNotifications()
    assert ([each.seq for each in shown.notifications], shown.unread_count) == ([5, 4], 2)
    for number in (1, 2):
        refused = await mine.WatchNotifications(after_seq=number).fails(StatusCode.OUT_OF_RANGE, "RESYNC")
        assert refused.text == "resync"
    await mine.WatchNotifications(after_seq=6).fails(StatusCode.OUT_OF_RANGE, "RESYNC")
    async with Stream(api, ann, shown.last_seq) as stream:
        assert (await stream.beat()).last_seq == 5
    for kept in (0, 3):
        async with Stream(api, ann, kept) as stream:
            assert [(await stream.notification()).seq for _ in range(2)] == [4, 5]


async def test_nothing_is_lost_when_the_listening_connection_is_killed(world: World, api: Api) -> None:
    ann = await world.user()
    async with Stream(api, ann) as stream:
        await stream.beat()
        for round_ in range(3):
            async with asyncio.timeout(20):
                while not await killed(world):  # it may not be back from the last round
                    await asyncio.sleep(0.05)
            # Told before, while and after the bus is deaf.
            await tell(world, ann, times=5)
            assert [(await stream.notification()).seq for _ in range(5)] == [round_ * 5 + n for n in range(1, 6)]


async def killed(world: World) -> int:
    """How many listening connections there were to kill."""
    async with world.db.transaction() as tx:
        number: int = await tx.value(kill_listeners())
    return number


class Follower:
    """Somebody with a bad connection, who writes down what arrives."""

    def __init__(self, api: Api, person: Person) -> None:
        self.api = api
        self.person = person
        self.seen: list[int] = []
        self.resume = 0

    async def watch(self, seconds: float) -> None:
        """Watch for so long, and then be cut off in the middle of whatever happens."""
        async with Stream(self.api, self.person, self.resume) as stream:
            try:
                async with asyncio.timeout(seconds):
                    while True:
                        self._note(await stream.next())
            except TimeoutError:
                self.resume = stream.resume

    async def catch_up(self, last_seq: int) -> None:
        """Watch until the stream says that this was the last."""
        async with Stream(self.api, self.person, self.resume) as stream:
            while stream.resume < last_seq:
                self._note(await stream.next())

    def _note(self, message: Any) -> None:
        if message.WhichOneof("event") == "notification":
            self.seen.append(message.notification.seq)


async def test_each_owed_notification_arrives_once_in_order(world: World, api: Api) -> None:
    """Concurrent writers, streams cut at random moments, wake-ups lost on the way."""
    people = await world.users(5)
    followers = [Follower(api, person) for person in people]
    owed = dict.fromkeys((person.id for person in people), 0)

    async def write() -> None:
        for _ in range(60):
            some = random.sample(people, 3)
            await tell(world, *some)
            for person in some:
                owed[person.id] += 1
            await asyncio.sleep(random.choice([0, 0, 0.005]))

    async def disturb() -> None:
        for _ in range(4):
            await asyncio.sleep(random.uniform(0.05, 0.3))
            async with world.db.transaction() as tx:
                await tx.value(kill_listeners())

    async def drop(follower: Follower) -> None:
        for _ in range(DROPS // len(followers)):
            await follower.watch(random.uniform(0, 0.2))

    await asyncio.wait_for(
        asyncio.gather(write(), write(), write(), disturb(), *(drop(each) for each in followers)), 4 * PATIENCE
    )
    for follower in followers:
        last_seq = owed[follower.person.id]
        await follower.catch_up(last_seq)
        assert follower.seen == list(range(1, last_seq + 1))
