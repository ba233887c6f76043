"""The codes that the auth room has mailed."""

from __future__ import annotations

import asyncio
import re
import secrets
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc import auth
from cnt_grpc.auth import CodePurpose
from cnt_grpc.auth import jobs as auth_jobs
from cnt_grpc.kit import clock, jobs
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import SendCode
from tests.notification.test_mail import part

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.harness.api import Api
    from tests.harness.world import World
    from tests.notification.office import Office


def read(file: Path) -> EmailMessage:
    mail = message_from_bytes(file.read_bytes(), policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


async def send(office: Office, purpose: CodePurpose, code: str, address: str, *, minutes: float = 10) -> jobs.State:
    until = Timestamp()
    until.FromDatetime(clock.now() + timedelta(minutes=minutes))
    payload = SendCode(email=address, purpose=auth_jobs.PURPOSES[purpose], code=code, expires_at=until)
    async with office.db.transaction() as tx:
        job_id = await jobs.enqueue(tx, auth.SEND_CODE, payload)
    assert office.db.bus is not None
    return await jobs.wait(office.db, office.db.bus, job_id, 10)


async def test_each_code_has_its_mail(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    subjects = set()
    for purpose in CodePurpose:
        address = f"new.{purpose}@example.com"
        assert await send(office, purpose, "739164", address) == jobs.State.DONE
        (mail,) = office.mails.to(address)
        assert "739164" in part(mail, "plain")
        assert "739164" in part(mail, "html")
        assert "10 minutes" in part(mail, "plain")
        assert "739164" not in mail["Subject"]
        assert "List-Unsubscribe" not in mail
        subjects.add(str(mail["Subject"]))
    assert len(subjects) == len(CodePurpose)
    assert "739164" not in caplog.text


async def test_a_code_that_is_worth_nothing_is_not_sent(office: Office) -> None:
    assert await send(office, CodePurpose.LOGIN, "111222", "late@example.com", minutes=-1) == jobs.State.DONE
    assert office.mails.to("late@example.com") == []


async def test_an_address_that_the_server_refuses_is_given_up(office: Office) -> None:
    office.mails.answer = "550 nobody of that name"
    try:
        assert await send(office, CodePurpose.LOGIN, "111222", "gone@example.com") == jobs.State.FAILED
    finally:
        office.mails.answer = "250 OK"


async def test_where_no_server_is_configured_the_code_is_a_file(world: World, api: Api) -> None:
    address = f"new.{secrets.token_hex(6)}@example.com"
    await api.auth.SendOtp(email=address, purpose=auth_jobs.PURPOSES[CodePurpose.REGISTER])
    folder = world.system.settings.mail_dir
    found: list[EmailMessage] = []
    # Two jobs, one after the other; on a busy machine each may wait behind those of other tests.
    async with asyncio.timeout(40):
        while not found:
            await asyncio.sleep(0.05)
            found = [mail for mail in map(read, folder.glob("*.eml")) if mail["To"] == address]
    assert re.search(r"\b\d{6}\b", part(found[0], "plain"))
