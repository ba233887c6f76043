"""What a mail is, and what sends one: the folder, SMTP, Resend or SES, each in a file of its own."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Protocol

from cnt_grpc.kit import clock

_THREADS = 24
TIMEOUT = 30.0
"""Seconds that one mail may take to be handed over."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person."""

    to: str
    subject: str
    """One line."""
    text: str
    html: str
    key: str
    """The same for each attempt to send this mail: whoever gets it twice can tell."""
    unsubscribe_url: str = ""
    """Where one click ends mails of this kind; empty for those that must come."""

    @property
    def headers(self) -> dict[str, str]:
        """Beside sender, recipient and subject."""
        headers = {"Auto-Submitted": "auto-generated"}
        if self.unsubscribe_url:
            # One click, without a page between: RFC 8058.
            headers["List-Unsubscribe"] = f"<{self.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers


def new_threads() -> ThreadPoolExecutor:
    """Threads of a mailer's own: those who wait for a slow mail server keep no thread from anybody else.

    As many as mails are ever sent at once by a process, with room for the codes that people wait for.
    """
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="mail")


class MailRefused(Exception):
    """This mail will never be taken; another try would end the same way."""


class Mailer(Protocol):
    """Hands mails over."""

    async def send(self, mail: Mail) -> None:
        """Hand over a mail, outside any transaction. Raises Unavailable to try later, and MailRefused."""
        ...


def as_message(mail: Mail, sender: str) -> EmailMessage:
    """The mail as RFC 5322 has it; raises MailRefused for an address that is none."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(name, addr_spec=address)
        message["To"] = Address(addr_spec=mail.to)
    except (ValueError, IndexError) as error:
        raise MailRefused("an address that is none") from error
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail.key}@{address.rpartition('@')[2]}>"
    for header, value in mail.headers.items():
        message[header] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
