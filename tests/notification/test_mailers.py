"""The ways by which mails go out, each against a real server or one that speaks its protocol."""

from __future__ import annotations

import asyncio
import base64
import ssl
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import InsideTransactionError
from cnt_grpc.notification.mail import Mail, MailRefused
from cnt_grpc.notification.mail_folder import MailFolder
from cnt_grpc.notification.mail_resend import ResendMailer
from cnt_grpc.notification.mail_ses import SesMailer
from cnt_grpc.notification.mail_smtp import SmtpMailer
from tests.edge.certificates import make_certificate
from tests.notification import mail_server

SENDER = "Our Platform <news@example.org>"
MAIL = Mail(
    to="ann@example.com",
    subject="“Grüße” ✓",
    text="Peace.\n",
    html="<p>Peace.</p>",
    key="notice.7",
    unsubscribe_url="https://api.example.org/unsubscribe/x",
)


def certified(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For a server, and for a client that trusts it."""
    made = make_certificate(folder)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    return server, ssl.create_default_context(cafile=made.certificate)


def smtp(scheme: str, port: int, password: str = mail_server.PASSWORD) -> SmtpMailer:
    return SmtpMailer.of(f"{scheme}://{mail_server.USER}:{quote(password)}@127.0.0.1:{port}", SENDER)


@pytest.mark.parametrize(("scheme", "at_once"), [("smtp", False), ("smtps", True)])
async def test_smtp_signs_in_behind_tls(tmp_path: Path, scheme: str, at_once: bool) -> None:
    server_tls, client_tls = certified(tmp_path)
    async with mail_server.serving(tls=server_tls, at_once=at_once) as server:
        await replace(smtp(scheme, server.port), tls=client_tls).send(MAIL)
        (mail,) = server.to("ann@example.com")
        assert mail["Subject"] == MAIL.subject
        assert mail["List-Unsubscribe"] == f"<{MAIL.unsubscribe_url}>"
        assert server.sign_ins == 1


async def test_smtp_gives_its_password_to_no_stranger(tmp_path: Path) -> None:
    server_tls, _ = certified(tmp_path)
    async with mail_server.serving(tls=server_tls) as stranger, mail_server.serving() as without_tls:
        for server in (stranger, without_tls):
            with pytest.raises(Unavailable):
                await smtp("smtp", server.port).send(MAIL)
            assert server.sign_ins == 0
            assert server.mails == []


async def test_a_wrong_password_is_no_fault_of_the_mail(tmp_path: Path) -> None:
    server_tls, client_tls = certified(tmp_path)
    async with mail_server.serving(tls=server_tls) as server:
        with pytest.raises(Unavailable):
            await replace(smtp("smtp", server.port, "wrong"), tls=client_tls).send(MAIL)


@asynccontextmanager
async def refusing(word: str) -> AsyncIterator[int]:
    """The port of a mail server that refuses for good what begins with this word; the greeting for none."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n" if word else b"554 go away\r\n")
        while line := (await reader.readline()).decode().lower():
            if line.startswith("quit"):
                break
            # HELO is asked where EHLO was refused.
            is_refused = bool(word) and line.replace("helo", "ehlo").startswith(word)
            writer.write(b"550 no\r\n" if is_refused else b"354 go on\r\n" if line == "data\r\n" else b"250 fine\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.mark.parametrize("word", ["", "ehlo", "mail from"])
async def test_a_server_that_refuses_us_refuses_no_mail(word: str) -> None:
    async with refusing(word) as port:
        with pytest.raises(Unavailable):
            await SmtpMailer.of(f"smtp://127.0.0.1:{port}", SENDER).send(MAIL)


@pytest.mark.parametrize("word", ["rcpt to", "data"])
async def test_a_server_that_refuses_the_mail_is_asked_no_more(word: str) -> None:
    async with refusing(word) as port:
        with pytest.raises(MailRefused):
            await SmtpMailer.of(f"smtp://127.0.0.1:{port}", SENDER).send(MAIL)


async def test_mails_wait_for_nobodys_threads() -> None:
    go_on = threading.Event()
    loop = asyncio.get_running_loop()
    others = [loop.run_in_executor(None, go_on.wait, 60) for _ in range(64)]
    try:
        async with mail_server.serving() as server, asyncio.timeout(30):
            await SmtpMailer.of(f"smtp://127.0.0.1:{server.port}", SENDER).send(MAIL)
            assert len(server.mails) == 1
            assert not any(each.done() for each in others)
    finally:
        go_on.set()
        await asyncio.gather(*others)


async def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    for address in ("ann@example.com\r\nBcc: all@example.com", "no address"):
        with pytest.raises(MailRefused):
            await MailFolder(tmp_path, SENDER).send(replace(MAIL, to=address))
    assert not any(file.is_file() for file in tmp_path.rglob("*"))  # noqa: ASYNC240


async def test_nothing_is_sent_inside_a_transaction(scratch: Database) -> None:
    async with mail_server.serving() as server, scratch.transaction() as tx:
        await tx.raw("SELECT 1")
        with pytest.raises(InsideTransactionError):
            await SmtpMailer.of(f"smtp://127.0.0.1:{server.port}", SENDER).send(MAIL)


async def test_the_folder_gets_files_that_a_mail_program_opens(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await MailFolder(tmp_path / "mail", SENDER).send(MAIL)
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    mail = message_from_bytes(file.read_bytes(), policy=policy.SMTP)
    assert (mail["To"], mail["Subject"]) == (MAIL.to, MAIL.subject)
    assert str(file) in caplog.text


# -- over HTTP --------------------------------------------------------------------------------------------------------


@dataclass
class Service:
    """What was posted, and how the next is answered."""

    url: str = ""
    posted: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    status: int = 200
    answer: dict[str, Any] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        self.posted.append((dict(request.headers), await request.json()))
        return web.json_response(self.answer, status=self.status)


@asynccontextmanager
async def serving(path: str) -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.router.add_post(path, service.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield service
    await runner.cleanup()


async def test_resend() -> None:
    async with serving("/emails") as service:
        mailer = ResendMailer(service.url, "re_key", SENDER)
        await mailer.send(MAIL)
        ((headers, sent),) = service.posted
        assert headers["Authorization"] == "Bearer re_key"
        assert headers["Idempotency-Key"] == MAIL.key
        assert sent == {
            "from": SENDER,
            "to": [MAIL.to],
            "subject": MAIL.subject,
            "text": MAIL.text,
            "html": MAIL.html,
            "headers": MAIL.headers,
        }
        for status, refusal in ((422, MailRefused), (401, Unavailable), (429, Unavailable), (500, Unavailable)):
            service.status = status
            with pytest.raises(refusal):
                await mailer.send(MAIL)
        await mailer.close()
    assert "re_key" not in repr(mailer)


async def test_ses() -> None:
    async with serving("/v2/email/outbound-emails") as service:
        mailer = SesMailer("eu-central-1", SENDER, service.url, "AKIATEST", "secret")
        service.answer = {"MessageId": "1"}
        await mailer.send(MAIL)
        ((headers, sent),) = service.posted
        assert "Credential=AKIATEST/" in headers["Authorization"]
        assert "/eu-central-1/ses/" in headers["Authorization"]
        assert sent["Destination"] == {"ToAddresses": [MAIL.to]}
        raw = message_from_bytes(base64.b64decode(sent["Content"]["Raw"]["Data"]), policy=policy.SMTP)
        assert raw["Subject"] == MAIL.subject
        assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        service.status, service.answer = 400, {"__type": "MessageRejected", "message": "no"}
        with pytest.raises(MailRefused):
            await mailer.send(MAIL)
        service.answer = {"__type": "SendingPausedException", "message": "no"}
        with pytest.raises(Unavailable):
            await mailer.send(MAIL)
    assert "secret" not in repr(mailer)
