"""Mails by Resend's HTTP API (https://resend.com/docs/api-reference/emails/send-email)."""

from dataclasses import dataclass, field

from cnt_grpc.kit.outside import Party
from cnt_grpc.notification.http_client import HttpClient
from cnt_grpc.notification.mail import TIMEOUT, Mail, MailRefused

_TAKEN = 200
_FAULTY = (400, 413, 422)
"""The mail's own fault; anything else is ours to mend or passes."""


@dataclass(frozen=True, slots=True)
class ResendMailer:
    """An account at Resend."""

    url: str
    key: str = field(repr=False)
    sender: str
    client: HttpClient = field(default_factory=lambda: HttpClient(Party("mail", TIMEOUT)))

    async def send(self, mail: Mail) -> None:
        answer = await self.client.post(
            f"{self.url}/emails",
            headers={"Authorization": f"Bearer {self.key}", "Idempotency-Key": mail.key},
            json={
                "from": self.sender,
                "to": [mail.to],
                "subject": mail.subject,
                "text": mail.text,
                "html": mail.html,
                "headers": mail.headers,
            },
        )
        if answer.status in _FAULTY:
            raise MailRefused(f"Resend answered {answer.status}")
        if answer.status != _TAKEN:
            raise self.client.away(f"Resend answered {answer.status}")

    async def close(self) -> None:
        """Let go of the connections."""
        await self.client.close()
