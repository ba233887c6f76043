"""`tell`: in the transaction that gives the reason, once, in order, and without any two blocking each other."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Executable, bindparam, func, insert, select, update

from cnt_grpc import auth, notification
from cnt_grpc.auth.tables import security_events, users
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.jobs.worker import Worker
from cnt_grpc.notification import jobs as notification_jobs
from cnt_grpc.notification import rules
from cnt_grpc.notification.outbox import INLINE
from cnt_grpc.notification.tables import inbox_heads, notifications
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import TellSecurityEvent
from cnt_grpc.pb.cnt.notification.v1 import notification_pb2 as pb2
from cnt_grpc.pb.cnt.notification.v1.jobs_pb2 import ForgetOld
from tests.notification.inboxes import approved

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import Person, World


@statement
def held() -> Executable:
    """How many notifications each of these people has, and what their numbers are."""
    mine = among(notifications.c.recipient_id, "people")
    return (
        select(
            notifications.c.recipient_id,
            func.count(),
            func.max(notifications.c.seq).label("last"),
            inbox_heads.c.last_seq,
            inbox_heads.c.unread,
        )
        .join(inbox_heads, inbox_heads.c.recipient_id == notifications.c.recipient_id)
        .where(mine)
        .group_by(notifications.c.recipient_id, inbox_heads.c.last_seq, inbox_heads.c.unread)
    )


@statement
def erase() -> Executable:
    return update(users).where(users.c.id == bindparam("person")).values({"erased_at": bindparam("now")})


@statement
def stolen_token() -> Executable:
    """A security event; its id."""
    event = insert(security_events).values(
        user_id=bindparam("person"),
        kind=bindparam("kind"),
        address="203.0.113.7",
        user_agent="a browser",
        created_at=bindparam("now"),
    )
    return event.returning(security_events.c.id)


async def titles(api: Api, who: Person) -> list[str]:
    """Of everything in the inbox, oldest first."""
    reply = await api.as_(who).notification.ListNotifications(page_size=100)
    assert [each.seq for each in reply.notifications] == list(range(len(reply.notifications), 0, -1))
    return [each.title for each in reversed(reply.notifications)]


async def test_what_is_rolled_back_is_told_to_nobody(world: World, api: Api) -> None:
    ann = await world.user()

    async def fail() -> None:
        async with world.db.transaction() as tx:
            await notification.tell(tx, [ann.id], approved())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await titles(api, ann) == []


async def test_who_is_erased_is_told_nothing(world: World) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        await tx.run(erase(), person=ann.id, now=clock.now())
    async with world.db.transaction() as tx:
        await notification.tell(tx, [ann.id, bob.id], approved())
    async with world.db.reading() as tx:
        rows = await tx.all(held(), people=[ann.id, bob.id])
    assert [row["recipient_id"] for row in rows] == [bob.id]


async def test_telling_nobody_is_no_work(world: World) -> None:
    async with world.db.transaction() as tx:
        await notification.tell(tx, [], approved())
        assert not tx.is_open
    assert tx.statements == 0


async def test_a_transaction_tells_everything_with_one_statement_and_in_its_order(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        await notification.tell(tx, [bob.id, ann.id, ann.id], approved(1))
        await notification.tell(tx, [ann.id], approved(2))
        await notification.tell(tx, [ann.id, bob.id], approved(3))
        assert tx.statements == 0
    assert tx.statements == 1
    assert await titles(api, ann) == [f"“Sermon {number}” is approved" for number in (1, 2, 3)]
    assert await titles(api, bob) == [f"“Sermon {number}” is approved" for number in (1, 3)]


async def test_opposite_orders_do_not_block_each_other(world: World) -> None:
    people = [person.id for person in await world.users(12)]
    owed = dict.fromkeys(people, 0)

    async def work() -> None:
        for _ in range(15):
            first, second = random.sample(people, 6), random.sample(people, 6)
            async with world.db.transaction() as tx:  # not transact: a deadlock must not be hidden by another run
                await notification.tell(tx, first, approved())
                await asyncio.sleep(0)
                await notification.tell(tx, second, approved())
            for person in first + second:
                owed[person] += 1

    async with asyncio.timeout(20):
        await asyncio.gather(*(work() for _ in range(8)))
    async with world.db.reading() as tx:
        rows = await tx.all(held(), people=people)
    assert {row["recipient_id"]: tuple(row)[1:] for row in rows} == {
        person: (count, count, count, count) for person, count in owed.items()
    }


async def _done(world: World, job_id: int) -> None:
    assert world.db.bus is not None
    async with Worker(world.db, notification_jobs.HANDLERS):
        assert await jobs.wait(world.db, world.db.bus, job_id, 20) == jobs.State.DONE


async def test_many_recipients_are_told_by_jobs_each_once(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notification_jobs, "AT_ONCE", 30)
    monkeypatch.setattr(notification_jobs, "PARTS", 4)
    people = await world.users(INLINE + 20)
    async with world.db.transaction() as tx:
        await notification.tell(tx, [person.id for person in people], approved(5))
        assert tx.statements > 0
    assert world.db.bus is not None
    ids = [person.id for person in people]
    async with Worker(world.db, notification_jobs.HANDLERS), asyncio.timeout(30):
        rows: list[Any] = []
        while len(rows) < len(ids):
            await asyncio.sleep(0.05)
            async with world.db.reading() as tx:
                rows = await tx.all(held(), people=ids)
    assert all(tuple(row)[1:] == (1, 1, 1, 1) for row in rows)
    assert await titles(api, people[-1]) == ["“Sermon 5” is approved"]


async def test_a_security_event_becomes_an_alert(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        event_id = await tx.value(
            stolen_token(), person=ann.id, kind=str(auth.SecurityEvent.REFRESH_TOKEN_REUSED), now=clock.now()
        )
        payload = TellSecurityEvent(security_event_id=event_id, user_id=ann.id)
        job_id = await jobs.enqueue(tx, auth.TELL_SECURITY_EVENT, payload)
    await _done(world, job_id)
    told = (await api.as_(ann).notification.ListNotifications()).notifications[0]
    assert told.type == pb2.NOTIFICATION_TYPE_SECURITY_ALERT
    assert "203.0.113.7" in told.message


async def test_the_cleaning_job_drops_what_is_too_old(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        await notification.tell(tx, [ann.id, bob.id], approved())
    clock.move(rules.KEPT * 1.01)
    async with world.db.transaction() as tx:
        await notification.tell(tx, [bob.id], approved())
        job_id = await jobs.enqueue(tx, notification_jobs.FORGET_OLD, ForgetOld())
    await _done(world, job_id)
    clock.reset()  # or nobody would be signed in any more
    assert (await api.as_(ann).notification.ListNotifications()).unread_count == 0
    reply = await api.as_(bob).notification.ListNotifications()
    assert [each.seq for each in reply.notifications] == [2]
    assert (reply.last_seq, reply.unread_count) == (2, 1)
