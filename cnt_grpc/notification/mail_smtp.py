"""Mails by SMTP: with TLS from the start (smtps), or raised to it by STARTTLS (smtp)."""

import asyncio
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

from cnt_grpc.kit.outside import Party
from cnt_grpc.notification.mail import TIMEOUT, Mail, MailRefused, as_message, new_threads

_SOCKET_SECONDS = 10.0
_PERMANENT = 500
_SIGN_IN_FAILED = (530, 534, 535, 538)
"""Ours to mend, not the mail's fault: it waits."""
_TOO_LARGE = 552
"""The mail's fault, though the server may say it of the sender."""


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """One mail server."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls_at_once: bool
    sender: str
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    _party: Party = field(default_factory=lambda: Party("mail", TIMEOUT))
    _threads: ThreadPoolExecutor = field(default_factory=new_threads, repr=False, compare=False)

    @classmethod
    def of(cls, url: str, sender: str) -> Self:
        """From SMTP_URL: `smtp://user:password@host:587` or `smtps://user:password@host:465`."""
        parts = urlsplit(url)
        tls_at_once = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if tls_at_once else 587),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls_at_once=tls_at_once,
            sender=sender,
        )

    async def send(self, mail: Mail) -> None:
        message = as_message(mail, self.sender)
        async with self._party.call():
            # A thread that outlives the party's time ends by the socket's own.
            await asyncio.get_running_loop().run_in_executor(
                self._threads, self._hand_over, message.as_bytes(), message["From"].addresses[0].addr_spec, mail.to
            )

    def _hand_over(self, content: bytes, sender: str, recipient: str) -> None:
        try:
            with self._connected() as server:
                server.sendmail(sender, [recipient], content)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise self._refusal(code) from error
        except smtplib.SMTPDataError as error:
            raise self._refusal(error.smtp_code) from error
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code == _TOO_LARGE:
                raise self._refusal(error.smtp_code) from error
            raise OSError(f"the mail server does not take our mails: {error.smtp_code}") from error
        except smtplib.SMTPResponseException as error:
            # At the greeting or the sign-in: it has not even heard for whom the mail is.
            raise OSError(f"the mail server answered {error.smtp_code}") from error
        except smtplib.SMTPNotSupportedError as error:
            raise OSError("the mail server lacks what is needed") from error

    def _refusal(self, code: int) -> Exception:
        # The server's words may quote addresses: its number says enough for a log.
        if code >= _PERMANENT and code not in _SIGN_IN_FAILED:
            return MailRefused(f"the mail server answered {code}")
        return OSError(f"the mail server answered {code}")

    def _connected(self) -> smtplib.SMTP:
        if self.tls_at_once:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_SOCKET_SECONDS, context=self.tls)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_SOCKET_SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if not self.tls_at_once and (self.user or server.has_extn("starttls")):
                # With a password always: somebody between us could hide that the server offers it.
                server.starttls(context=self.tls)
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server
