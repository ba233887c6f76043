"""Mail servers that are slow or away: nothing is sent twice, and what belongs in one mail stays in one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from cnt_grpc import notification
from cnt_grpc.kit import clock
from cnt_grpc.kit.jobs import Run
from cnt_grpc.notification import DeliveryJobs, Letters, delivering, rules, sending
from cnt_grpc.notification.rules import MailRhythm
from cnt_grpc.pb.cnt.notification.v1.jobs_pb2 import Deliver
from tests.notification.inboxes import approved
from tests.notification.office import Office, as_caller

if TYPE_CHECKING:
    from cnt_grpc.notification.mail import Mail
    from tests.harness.world import Person

SECONDS = 0.3
"""What the slow server takes for a mail."""


@dataclass
class SlowMailer:
    """Takes every mail, one by one and slowly."""

    taken: list[str] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        await asyncio.sleep(SECONDS)
        self.taken.append(mail.to)


async def daily(office: Office, people: int, notices: int = 1) -> list[Person]:
    """People each of whom is owed a mail of the day with so many notices; it is due."""
    found = [await office.person() for _ in range(people)]
    async with office.db.transaction() as tx:
        for who in found:
            await rules.choose_settings(tx, as_caller(who), quiet=None, sets_quiet=False, rhythm=MailRhythm.DAILY)
        for number in range(notices):
            # In one transaction, for one job: another would send them when the clock has moved.
            await notification.tell(tx, [who.id for who in found], approved(number))
    for who in found:
        await office.settled(who, *["waiting"] * notices)
    clock.move(timedelta(days=1))
    return found


async def send_slowly(office: Office, people: Sequence[Person]) -> list[str]:
    """Run the job by a slow mailer; whom it reached."""
    mailer = SlowMailer()
    jobs = DeliveryJobs(mailer, None, Letters("", ""))
    run = Run(office.db, 0, uuid4(), 1, 0)
    await jobs.send_mail(Deliver(recipient_ids=sorted(who.id for who in people)), run)
    return mailer.taken


async def test_a_job_without_time_left_leaves_the_rest_to_another(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await daily(office, 3 * delivering.MAILS_AT_ONCE)
    with monkeypatch.context() as shorter:
        shorter.setattr(delivering, "LAST_START", SECONDS / 2)
        slowly = await send_slowly(office, people)
    assert 0 < len(slowly) < len(people)
    # The worker goes on at once, by the real server.
    for who in people:
        (row,) = await office.settled(who, "sent")
        assert row["attempts"] == 1, "one that was not begun is none"
    assert sorted(slowly + [who.email for who in people if office.mails.to(who.email)]) == sorted(
        who.email for who in people
    )


async def test_a_job_that_is_cut_off_has_written_down_what_it_sent(office: Office) -> None:
    people = await daily(office, 4 * delivering.MAILS_AT_ONCE)
    mailer = SlowMailer()
    jobs = DeliveryJobs(mailer, None, Letters("", ""))
    payload = Deliver(recipient_ids=sorted(who.id for who in people))
    running = asyncio.create_task(jobs.send_mail(payload, Run(office.db, 0, uuid4(), 1, 0)))
    await office.until(lambda: len(mailer.taken) > delivering.MAILS_AT_ONCE)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    states = {who.email: (await office.deliveries(who))[0]["state"] for who in people}
    written = {email for email, state in states.items() if state == "sent"}
    assert written
    # Those of the last moment may be missing: they come again, once the worker is known to be dead.
    assert written <= set(mailer.taken)
    assert len(set(mailer.taken) - written) <= delivering.MAILS_AT_ONCE


async def test_a_mail_of_the_day_that_failed_comes_back_as_one(office: Office) -> None:
    (ann,) = await daily(office, 1, 5)
    office.mails.answer = "451 later"
    try:
        await office.send_due(ann)
    finally:
        office.mails.answer = "250 OK"
    rows = await office.settled(ann, *["waiting"] * 5)
    assert len({row["due_at"] for row in rows}) == 1
    clock.move(sending.PAUSE * 1.5)
    await office.send_due(ann)
    await office.settled(ann, *["sent"] * 5)
    (mail,) = office.mails.to(ann.email)
    assert mail["Subject"] == "5 notifications for you"


async def test_a_mail_of_the_day_is_taken_whole(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    people = await daily(office, 3, 4)
    monkeypatch.setattr(sending, "AT_ONCE", 3)
    monkeypatch.setattr(sending, "DIGESTS_AT_ONCE", 1)
    await office.send_due(*people)
    for who in people:
        await office.settled(who, *["sent"] * 4)
        (mail,) = office.mails.to(who.email)
        assert mail["Subject"] == "4 notifications for you"
