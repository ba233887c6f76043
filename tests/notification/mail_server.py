"""A real SMTP server in the test's own process."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from tests.harness.pace import Pace

USER, PASSWORD = "cnt", "p@ss word"


@dataclass
class MailServer:
    """What has arrived, and how the next mail is answered."""

    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answer: str = "250 OK"
    sign_ins: int = 0
    pace: Pace = field(default_factory=Pace)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def to(self, address: str) -> list[EmailMessage]:
        """Every mail to this address, in the order in which they came."""
        return [mail for recipients, mail in self.mails if recipients == [address]]

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        await self.pace.keep()
        if self.answer.startswith("250"):
            parsed = message_from_bytes(envelope.content or b"", policy=policy.SMTP)  # type: ignore[arg-type]
            assert isinstance(parsed, EmailMessage)
            self.mails.append((envelope.rcpt_tos, parsed))
        return self.answer

    def authenticate(self, server: SMTP, session: Any, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.sign_ins += 1
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()))


@asynccontextmanager
async def serving(*, tls: ssl.SSLContext | None = None, at_once: bool = False) -> AsyncIterator[MailServer]:
    """Listen while the block runs; with `tls` by STARTTLS and for those who sign in, or `at_once`."""
    mails = MailServer()

    def session() -> SMTP:
        if tls is None:
            return SMTP(mails, enable_SMTPUTF8=True)
        if at_once:
            return SMTP(mails, authenticator=mails.authenticate, auth_require_tls=False)
        return SMTP(mails, tls_context=tls, require_starttls=True, auth_required=True, authenticator=mails.authenticate)

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=tls if at_once else None)
    mails.port = server.sockets[0].getsockname()[1]
    yield mails
    server.close()
