"""Push messages, through a worker and a server that speaks FCM HTTP v1."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Executable, bindparam, select

from cnt_grpc import notification
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import statement
from cnt_grpc.notification import DeliveryJobs, Letters, ServiceAccount, rules, sending
from cnt_grpc.notification.notice import Channel, Notice
from cnt_grpc.notification.push import Push
from cnt_grpc.notification.tables import notifications
from cnt_grpc.refusal import Refusal
from tests.notification.firebase import MOST_BYTES
from tests.notification.office import Office, as_caller

if TYPE_CHECKING:
    from pathlib import Path


@statement
def told() -> Executable:
    return select(notifications).where(notifications.c.recipient_id == bindparam("person"))


LIVE = notification.LiveStart(user_id=7, name="Cy", stream_id=3, stream_title="Evening prayer")


async def test_a_notice_reaches_every_device_of_its_owner_and_nobody_elses(office: Office) -> None:
    ann, bob = await office.person(), await office.person()
    phone, tablet, foreign = await office.device(ann), await office.device(ann), await office.device(bob)
    await office.tell(ann, notice=LIVE)
    rows = await office.settled(ann, "sent", "sent")
    assert [(row["channel"], row["attempts"]) for row in rows] == [("push", 1), ("push", 1)]
    for token in (phone, tablet):
        (message,) = office.firebase.to(token)
        assert message["notification"] == {"title": "Cy is live", "body": "Cy is live now: “Evening prayer”."}
        assert message["data"] == {
            "type": "live_start",
            "seq": "1",
            "user_id": "7",
            "name": "Cy",
            "stream_id": "3",
            "stream_title": "Evening prayer",
        }
    assert office.firebase.to(foreign) == []


async def test_a_block_holds_back_what_was_not_sent_yet(office: Office) -> None:
    ann, bob, cy = [await office.person() for _ in range(3)]
    phone, other = await office.device(ann), await office.device(bob)
    async with office.db.transaction() as tx:
        await tx.raw("INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, now())", ann.id, cy.id)
    live = notification.LiveStart(user_id=cy.id, name="Cy", stream_id=3, stream_title="Evening prayer")
    await office.tell(ann, bob, notice=live)
    [row] = await office.settled(ann, "dropped")
    assert row["error"] == "a block came between them"
    await office.settled(bob, "sent")
    assert (office.firebase.to(phone), len(office.firebase.to(other))) == ([], 1)


async def test_many_messages_go_out_together(office: Office) -> None:
    people = [await office.person() for _ in range(30)]
    tokens = [await office.device(who) for who in people]
    asked = len(office.firebase.tokens)
    await office.tell(*people, notice=LIVE)
    await office.until(lambda: all(office.firebase.to(token) for token in tokens))
    assert office.firebase.most_under_way > 3
    assert len(office.firebase.tokens) <= asked + 1


async def test_a_dead_token_is_dropped(office: Office) -> None:
    ann = await office.person()
    dead, foreign, broken, alive = [await office.device(ann) for _ in range(4)]
    office.firebase.fail(dead, 404, {"errorCode": "UNREGISTERED"})
    office.firebase.fail(foreign, 403, {"errorCode": "SENDER_ID_MISMATCH"})
    office.firebase.fail(broken, 400, {"fieldViolations": [{"field": "message.token"}]})
    await office.tell(ann, notice=LIVE)
    rows = await office.settled(ann, "dropped", "dropped", "dropped", "sent")
    assert [row["device_id"] is None for row in rows] == [True, True, True, False]
    await office.tell(ann, notice=LIVE)
    await office.settled(ann, "dropped", "dropped", "dropped", "sent", "sent")
    assert len(office.firebase.to(alive)) == 2


async def test_a_token_that_google_does_not_know_is_dropped_and_a_faulty_message_kills_none(office: Office) -> None:
    ann = await office.person()
    unknown, blamed, silent = [await office.device(ann) for _ in range(3)]
    own = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "INVALID_ARGUMENT"}
    office.firebase.fail(unknown, 400, own)
    office.firebase.fail(blamed, 400, {"fieldViolations": [{"field": "message.data[0].value"}]})
    office.firebase.fail(silent, 400)
    await office.tell(ann, notice=LIVE)
    rows = await office.settled(ann, "dropped", "failed", "failed")
    assert [row["device_id"] is None for row in rows] == [True, False, False]


@pytest.mark.parametrize("letter", ["主", "🕊", "a"])
async def test_the_longest_notice_reaches_a_phone(office: Office, letter: str) -> None:
    ann = await office.person()
    token = await office.device(ann)
    longest = notification.Announcement(announcement_id=2**62, subject=letter * 1000, text=letter * 2000)
    await office.tell(ann, notice=longest)
    await office.settled(ann, "sent")
    (message,) = office.firebase.to(token)
    shown = message["notification"]
    assert shown["body"] == letter * 199 + "…"
    assert shown["title"].startswith(letter * 100)
    assert message["data"] == {"type": "announcement", "seq": "1", "announcement_id": str(2**62)}


async def test_no_notice_is_too_long_for_a_phone(office: Office) -> None:
    ann = await office.person()
    kinds = [each for each in Notice.__subclasses__() if Channel.PUSH in each.kind.preferences.on]
    assert len(kinds) > 10
    async with office.db.transaction() as tx:
        for kind in kinds:
            facts = {each.name: 2**62 if each.type in (int, "int") else "🕊" * 1000 for each in fields(kind)}  # type: ignore[arg-type]
            await notification.tell(tx, [ann.id], kind(**facts))
    async with office.db.reading() as tx:
        rows = await tx.all(told(), person=ann.id)
    assert len(rows) == len(kinds)
    for row in rows:
        push = Push.of("token", row["title"], row["message"], {**row["data"], "type": row["type"], "seq": "1"})
        words = [push.title, push.message, *push.data, *push.data.values()]
        assert sum(len(each.encode()) for each in words) < MOST_BYTES
        # FCM keeps these for itself, and takes no message that has one.
        assert not push.data.keys() & {"from", "gcm", "notification", "message_type"}
        assert not any(name.startswith(("google", "gcm")) for name in push.data)


async def test_a_wrong_project_kills_no_token(office: Office) -> None:
    ann = await office.person()
    token = await office.device(ann)
    office.firebase.fail(token, 404)
    await office.tell(ann, notice=LIVE)
    (row,) = await office.settled(ann, "waiting")
    assert row["device_id"] is not None
    assert row["error"] == "fcm answered 404"


async def test_a_failure_is_tried_again_later_and_later(office: Office) -> None:
    ann = await office.person()
    token = await office.device(ann)
    pauses = []
    for _ in range(3):
        office.firebase.fail(token, 503, Retry_After="1")
    await office.tell(ann, notice=LIVE)
    for attempt in range(1, 4):
        (row,) = await office.settled(ann, "waiting")
        assert row["attempts"] == attempt
        pauses.append((row["due_at"] - clock.now()).total_seconds())
        await office.send_due(ann)
        assert (await office.deliveries(ann))[0]["attempts"] == attempt, "it is not due yet"
        clock.move(row["due_at"] - clock.now() + timedelta(seconds=1))
        await office.send_due(ann)
    (row,) = await office.settled(ann, "sent")
    assert row["attempts"] == 4
    assert len(office.firebase.to(token)) == 1
    for pause, least in zip(pauses, (20, 40, 80), strict=True):
        assert least < pause < 2 * least


async def test_a_server_that_asks_for_peace_gets_it(office: Office) -> None:
    ann = await office.person()
    token = await office.device(ann)
    office.firebase.fail(token, 429, Retry_After="600")
    await office.tell(ann, notice=LIVE)
    (row,) = await office.settled(ann, "waiting")
    assert row["due_at"] - clock.now() > timedelta(seconds=580)


async def test_what_fails_for_ever_is_given_up(office: Office) -> None:
    ann = await office.person()
    token = await office.device(ann)
    for _ in range(sending.MOST_ATTEMPTS):
        office.firebase.fail(token, 503, Retry_After="1")
    await office.tell(ann, notice=LIVE)
    for _ in range(sending.MOST_ATTEMPTS - 1):
        await office.settled(ann, "waiting")
        clock.move(sending.LONGEST_PAUSE * 1.3)
        await office.send_due(ann)
    (row,) = await office.settled(ann, "failed")
    assert row["attempts"] == sending.MOST_ATTEMPTS


async def test_a_withdrawn_access_token_is_replaced_at_once(office: Office) -> None:
    ann = await office.person()
    token = await office.device(ann)
    await office.tell(ann, notice=LIVE)
    await office.settled(ann, "sent")
    office.firebase.tokens.append("withdrawn")
    await office.tell(ann, notice=LIVE)
    await office.settled(ann, "sent", "sent")
    assert len(office.firebase.to(token)) == 2


async def test_a_device_that_changes_hands_gets_nothing_of_who_had_it(office: Office) -> None:
    ann, bob = await office.person(), await office.person()
    token = await office.device(ann)
    office.firebase.fail(token, 503, Retry_After="1")
    await office.tell(ann, notice=LIVE)
    await office.settled(ann, "waiting")
    await office.device(bob, token)
    clock.move(timedelta(hours=1))
    await office.send_due(ann, bob)
    (row,) = await office.settled(ann, "dropped")
    assert row["error"] == "nowhere to send it to"
    assert office.firebase.to(token) == []
    await office.tell(ann, bob, notice=LIVE)
    await office.settled(bob, "sent")
    assert len(office.firebase.to(token)) == 1


async def test_a_type_that_shall_not_buzz_does_not(office: Office) -> None:
    ann = await office.person()
    token = await office.device(ann)
    async with office.db.transaction() as tx:
        await rules.choose(tx, as_caller(ann), {("live_start", Channel.PUSH): False, ("like", Channel.PUSH): True})
        await rules.choose(tx, as_caller(ann), {("like", Channel.IN_APP): False})
    await office.tell(ann, notice=LIVE)
    await office.tell(ann, notice=notification.Like(user_id=7, name="Cy", post_id=1))
    (row,) = await office.settled(ann, "sent")
    assert (row["type"], row["seq"]) == ("like", None)
    assert [message["data"]["type"] for message in office.firebase.to(token)] == ["like"]


async def test_a_sender_that_died_only_delays(office: Office) -> None:
    ann = await office.person()
    token = await office.device(ann)
    office.firebase.fail(token, 503, Retry_After="1")
    await office.tell(ann, notice=LIVE)
    await office.settled(ann, "waiting")
    clock.move(timedelta(minutes=2))
    until, taken = await sending.take(office.db, Channel.PUSH, [ann.id])
    assert len(taken) == 1
    await office.send_due(ann)
    assert office.firebase.to(token) == [], "it belongs to who took it"
    clock.move(sending.LEASE * 1.1)
    await office.send_due(ann)
    await office.settled(ann, "sent")
    await sending.settle(office.db, until, [(taken[0], sending.Ended("failed"))])
    await office.settled(ann, "sent")


async def test_without_a_key_nothing_is_sent(office: Office) -> None:
    ann = await office.person()
    token = await office.device(ann)
    office.firebase.fail(token, 503, Retry_After="1")
    await office.tell(ann, notice=LIVE)
    await office.settled(ann, "waiting")
    clock.move(timedelta(minutes=2))
    _, taken = await sending.take(office.db, Channel.PUSH, [ann.id])
    unconfigured = DeliveryJobs(office.world.system.mailer, None, Letters("", ""))
    assert await unconfigured._push(taken) == sending.Ended("dropped", "push is not configured")


def test_a_file_that_is_no_key_is_refused_without_quoting_it(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text('{"private_key": "very secret"}')
    with pytest.raises(Refusal) as refused:
        ServiceAccount.read(file)
    assert "very secret" not in str(refused.value)
