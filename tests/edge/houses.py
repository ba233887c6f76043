"""A system of its own behind an edge, for stories of people who come and go: its mails are read, its clock is moved."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from cnt_grpc.edge import Address, EdgeConfig
from cnt_grpc.edge.__main__ import IMAGE
from tests.conftest import SECRET_KEY
from tests.edge.doors import Door, Reply
from tests.edge.edges import Edge, edge
from tests.harness.running import HOST, Running, settings_for, start
from tests.notification import mail_server
from tests.notification.mail_server import MailServer
from tests.notification.test_mail import part

PATIENCE = 60.0


@dataclass(frozen=True)
class House:
    """A system that mails by SMTP, and its edge."""

    running: Running
    gate: Edge
    mails: MailServer

    async def code(self, email: str) -> str:
        """The code in the next mail to this address that holds one; it is thrown away."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for entry in self.mails.mails:
                    found = re.search(r"\b\d{6}\b", part(entry[1], "plain"))
                    if entry[0] == [email] and found:
                        self.mails.mails.remove(entry)
                        return found[0]
                await asyncio.sleep(0.02)


@asynccontextmanager
async def housed(dsn: str, folder: Path, google_url: str) -> AsyncIterator[House]:
    """Behind a proxy that names its clients: each story has a network of its own."""
    async with mail_server.serving() as mails:
        post = {
            "mail_backend": "smtp",
            "mail_from": "Our Platform <news@example.org>",
            "smtp_url": SecretStr(f"smtp://{HOST}:{mails.port}"),
        }
        settings = settings_for(dsn, folder, SECRET_KEY, google_url=google_url)
        async with start(settings.model_copy(update=post)) as running:
            config = EdgeConfig(
                image=IMAGE,
                grpc=(Address(HOST, running.grpc_port),),
                side=(Address(HOST, running.side_port),),
                address_rate=None,
                trusted_hops=1,
            )
            async with edge(config) as gate:
                yield House(running, gate, mails)


@dataclass(frozen=True)
class App:
    """One person's app: where it is, and the access token that it holds."""

    house: House
    door: Door
    address: str
    token: str = ""

    async def __call__(self, method: str, **fields: Any) -> Reply:
        """Call `Service/Method`."""
        return await self.door.call(method, token=self.token, address=self.address, fields=fields)

    def with_(self, signed_in: Reply) -> "App":
        """The same app after a sign-in."""
        assert signed_in["token_type"] == "bearer"
        return replace(self, token=signed_in["access_token"])

    async def refused(self, method: str, reason: str, **fields: Any) -> None:
        """A call that is refused with this, at the latest a second from now."""
        reply = await self(method, **fields)
        async with asyncio.timeout(PATIENCE):
            while reply.reason != reason:
                await asyncio.sleep(0.1)
                reply = await self(method, **fields)

    async def code(self, email: str, purpose: str) -> str:
        """A code by mail."""
        assert (await self("AuthService/SendOtp", email=email, purpose=f"CODE_PURPOSE_{purpose}"))["expires_at"]
        return await self.house.code(email)
