"""Mails that follow from notices, through a worker and a real mail server."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cnt_grpc import notification
from cnt_grpc.kit import clock
from cnt_grpc.notification import rules
from cnt_grpc.notification.local_time import QuietHours
from cnt_grpc.notification.notice import Channel
from cnt_grpc.notification.rules import MailRhythm
from tests.notification.inboxes import approved
from tests.notification.office import Office, as_caller, move_to

if TYPE_CHECKING:
    from tests.harness.world import Person

ALERT = notification.SecurityAlert(event="Your password was changed", time="now", address="203.0.113.7")
NEW_YORK = ZoneInfo("America/New_York")


def part(mail: EmailMessage, kind: str) -> str:
    """The text of the mail in plain or html."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


async def choose(
    office: Office, who: Person, quiet: QuietHours | None = None, rhythm: MailRhythm | None = None
) -> None:
    async with office.db.transaction() as tx:
        await rules.choose_settings(tx, as_caller(who), quiet=quiet, sets_quiet=quiet is not None, rhythm=rhythm)


async def test_a_notice_becomes_a_mail(office: Office) -> None:
    ann = await office.person()
    await office.tell(ann, notice=notification.SupportAnswer(ticket_id=3, subject="<b>Tags</b> & “quotes”"))
    (row,) = await office.settled(ann, "sent")
    assert (row["channel"], row["seq"], row["attempts"]) == ("mail", 1, 1)
    (mail,) = office.mails.to(ann.email)
    assert mail["Subject"] == "An answer to “<b>Tags</b> & “quotes””"
    assert mail["From"] == "Our Platform <news@example.org>"
    assert mail["Message-ID"] == f"<notice.{row['id']}@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "<b>Tags</b>" in part(mail, "plain")
    assert "<b>Tags</b>" not in part(mail, "html")
    assert "&lt;b&gt;Tags" in part(mail, "html")


async def test_each_mail_says_how_to_get_no_more(office: Office) -> None:
    ann = await office.person()
    await office.tell(ann)
    await office.settled(ann, "sent")
    (mail,) = office.mails.to(ann.email)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.fullmatch(r"<(https://api\.example\.org/unsubscribe/[\w-]+)>", mail["List-Unsubscribe"])
    assert link is not None
    assert link[1] in part(mail, "plain")
    assert link[1] in part(mail, "html")


async def test_an_address_that_nobody_has_proven_gets_alerts_alone(office: Office) -> None:
    ann = await office.person(proven=False)
    await office.tell(ann)
    await office.tell(ann, notice=ALERT)
    (row,) = await office.settled(ann, "sent")
    assert row["type"] == "security_alert"
    (mail,) = office.mails.to(ann.email)
    assert "List-Unsubscribe" not in mail
    assert "nsubscribe" not in part(mail, "html")


async def test_what_is_not_wanted_is_not_sent(office: Office) -> None:
    ann = await office.person()
    async with office.db.transaction() as tx:
        await rules.choose(tx, as_caller(ann), {("content_approved", Channel.MAIL): False})
    await office.tell(ann)
    assert await office.deliveries(ann) == []


async def test_a_choice_counts_until_the_last_moment(office: Office) -> None:
    ann = await office.person()
    await choose(office, ann, rhythm=MailRhythm.DAILY)
    await office.tell(ann)
    await office.settled(ann, "waiting")
    async with office.db.transaction() as tx:
        await rules.choose(tx, as_caller(ann), {("content_approved", Channel.MAIL): False})
    clock.move(timedelta(days=1))
    await office.send_due(ann)
    (row,) = await office.settled(ann, "dropped")
    assert row["error"] == "not wanted any more"


async def test_a_mail_server_that_fails_is_asked_again(office: Office) -> None:
    ann = await office.person()
    office.mails.answer = "451 later"
    try:
        await office.tell(ann)
        (row,) = await office.settled(ann, "waiting")
    finally:
        office.mails.answer = "250 OK"
    assert row["attempts"] == 1
    clock.move(timedelta(minutes=1))
    await office.send_due(ann)
    await office.settled(ann, "sent")
    assert len(office.mails.to(ann.email)) == 1


async def test_a_mail_that_is_refused_has_failed(office: Office) -> None:
    ann = await office.person()
    office.mails.answer = "554 no such mails here"
    try:
        await office.tell(ann)
        (row,) = await office.settled(ann, "failed")
    finally:
        office.mails.answer = "250 OK"
    assert row["error"] == "the mail server answered 554"


# -- when -------------------------------------------------------------------------------------------------------------


async def test_quiet_hours_put_off_and_drop_nothing_across_a_change_of_clocks(office: Office) -> None:
    ann = await office.person("America/New_York")
    token = await office.device(ann)
    await choose(office, ann, QuietHours(time(22), time(7)))
    # The night before the second Sunday of March is an hour shorter.
    move_to(datetime(2027, 3, 13, 23, 0, tzinfo=NEW_YORK))
    await office.tell(ann)
    rows = await office.settled(ann, "waiting", "waiting")
    morning = datetime(2027, 3, 14, 7, 0, tzinfo=NEW_YORK)
    assert [row["due_at"] for row in rows] == [morning, morning]
    assert [row["attempts"] for row in rows] == [0, 0]
    clock.move(timedelta(hours=6, minutes=59))
    await office.send_due(ann)
    assert office.firebase.to(token) == []
    assert office.mails.to(ann.email) == []
    clock.move(timedelta(minutes=2))
    assert clock.now() > morning
    await office.send_due(ann)
    await office.settled(ann, "sent", "sent")
    assert len(office.firebase.to(token)) == len(office.mails.to(ann.email)) == 1


async def test_an_alert_waits_for_no_morning(office: Office) -> None:
    ann = await office.person()
    await choose(office, ann, QuietHours(time(0), time(23, 59)), MailRhythm.DAILY)
    move_to(clock.now().replace(hour=12) + timedelta(days=1))
    await office.tell(ann, notice=ALERT)
    await office.settled(ann, "sent")
    assert len(office.mails.to(ann.email)) == 1


async def test_a_days_notices_come_in_one_mail_at_eight(office: Office) -> None:
    ann, bob = await office.person("America/New_York"), await office.person()
    await choose(office, ann, rhythm=MailRhythm.DAILY)
    # The day on which clocks go back has 25 hours.
    move_to(datetime(2027, 11, 6, 9, 0, tzinfo=NEW_YORK))
    for number in (1, 2, 3):
        await office.tell(ann, bob, notice=approved(number))
    rows = await office.settled(ann, "waiting", "waiting", "waiting")
    assert {row["due_at"] for row in rows} == {datetime(2027, 11, 7, 8, 0, tzinfo=NEW_YORK)}
    await office.settled(bob, "sent", "sent", "sent")
    assert len(office.mails.to(bob.email)) == 3
    clock.move(timedelta(hours=23, minutes=59))
    await office.send_due(ann)
    assert office.mails.to(ann.email) == []
    clock.move(timedelta(minutes=2))
    await office.send_due(ann)
    await office.settled(ann, "sent", "sent", "sent")
    (mail,) = office.mails.to(ann.email)
    assert mail["Subject"] == "3 notifications for you"
    text = part(mail, "plain")
    assert [text.index(f"Sermon {number}") for number in (1, 2, 3)] == sorted(
        text.index(f"Sermon {number}") for number in (1, 2, 3)
    )


async def test_the_mail_of_a_day_waits_for_the_end_of_the_quiet_hours(office: Office) -> None:
    ann = await office.person()
    await choose(office, ann, QuietHours(time(22), time(9)), MailRhythm.DAILY)
    move_to(clock.now().replace(hour=12, minute=0) + timedelta(days=1))
    await office.tell(ann)
    await office.settled(ann, "waiting")
    clock.move(timedelta(hours=20, minutes=1))
    await office.send_due(ann)
    (row,) = await office.settled(ann, "waiting")
    assert (row["due_at"].hour, row["put_off"]) == (9, True)
    clock.move(timedelta(hours=1))
    await office.send_due(ann)
    await office.settled(ann, "sent")
