"""Mails by Amazon SES (API v2, SendEmail with the raw message)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cnt_grpc.kit.outside import Party
from cnt_grpc.notification.mail import TIMEOUT, Mail, MailRefused, as_message, new_threads

_FAULTY = ("BadRequestException", "MessageRejected")
"""The mail's own fault; anything else is ours to mend or passes."""


@dataclass(frozen=True)
class SesMailer:
    """An account at SES."""

    region: str
    sender: str
    endpoint_url: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)
    party: Party = field(default_factory=lambda: Party("mail", TIMEOUT))
    _threads: ThreadPoolExecutor = field(default_factory=new_threads, repr=False, compare=False)

    async def send(self, mail: Mail) -> None:
        message = as_message(mail, self.sender)
        async with self.party.call():
            await asyncio.get_running_loop().run_in_executor(
                self._threads, self._hand_over, message.as_bytes(), str(message["From"]), mail.to
            )

    def _hand_over(self, content: bytes, sender: str, recipient: str) -> None:
        # Half a second, for SES alone.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            self._client.send_email(
                FromEmailAddress=sender,
                Destination={"ToAddresses": [recipient]},
                Content={"Raw": {"Data": content}},
            )
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _FAULTY:
                raise MailRefused(f"SES answered {code}") from error
            raise OSError(f"SES answered {code}") from error
        except BotoCoreError as error:
            raise OSError(type(error).__name__) from error

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401  (boto3 makes its classes when it runs)
        import boto3  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        # A session of its own: threads must not share the default one while it makes a client.
        return boto3.session.Session().client(
            "sesv2",
            region_name=self.region,
            endpoint_url=self.endpoint_url or None,
            # Without keys boto3 looks for those of the machine.
            aws_access_key_id=self.key_id or None,
            aws_secret_access_key=self.secret or None,
            config=Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2, "mode": "standard"}),
        )
