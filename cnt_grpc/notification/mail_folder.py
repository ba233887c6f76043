"""Mails as files, where no mail server is configured: each opens in any mail program."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

import structlog

from cnt_grpc.kit import clock
from cnt_grpc.notification.mail import Mail, as_message

_log = structlog.get_logger("cnt.mail")


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder of .eml files; the path of each is printed."""

    folder: Path
    sender: str

    async def send(self, mail: Mail) -> None:
        path = await asyncio.to_thread(self._write, mail)
        _log.info("mail written", path=str(path))

    def _write(self, mail: Mail) -> Path:
        content = as_message(mail, self.sender).as_bytes()
        self.folder.mkdir(parents=True, exist_ok=True)
        # The names of files end up in logs and listings, so they tell neither recipient nor subject.
        name = f"{clock.now():%Y%m%d-%H%M%S}-{re.sub(r'[^A-Za-z0-9.-]', '-', mail.key)}"
        path, part = self.folder / f"{name}.eml", self.folder / f".{name}.part"
        part.touch(mode=0o600)
        part.write_bytes(content)
        return part.replace(path)
