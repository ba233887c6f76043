"""A system of its own for what leaves us: its worker sends real mails and pushes, to servers of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from cnt_grpc.app import handlers, opened
from cnt_grpc.kit.jobs.worker import Worker
from tests.conftest import SECRET_KEY
from tests.harness.database import Cluster
from tests.harness.google import GoogleStandIn
from tests.harness.running import settings_for
from tests.harness.world import World
from tests.notification import firebase as firebases
from tests.notification import mail_server
from tests.notification.firebase import Firebase
from tests.notification.mail_server import MailServer
from tests.notification.office import Office


@pytest.fixture(scope="session")
async def mails() -> AsyncIterator[MailServer]:
    """A mail server."""
    async with mail_server.serving() as serving:
        yield serving


@pytest.fixture(scope="session")
async def firebase() -> AsyncIterator[Firebase]:
    """Somebody who reaches phones."""
    async with firebases.serving() as serving:
        yield serving


@pytest.fixture(scope="session")
async def office(
    cluster: Cluster,
    google: GoogleStandIn,
    mails: MailServer,
    firebase: Firebase,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Office]:
    """A worker that sends; the system that other tests share would send their mails into a folder."""
    folder = tmp_path_factory.mktemp("office")
    settings = settings_for(await cluster.clone(), folder, SECRET_KEY).model_copy(
        update={
            "mail_backend": "smtp",
            "mail_from": "Our Platform <news@example.org>",
            "smtp_url": SecretStr(f"smtp://127.0.0.1:{mails.port}"),
            "fcm_credentials_file": firebase.credentials(folder),
            "fcm_api_url": firebase.url,
            "backend_url": "https://api.example.org",
        }
    )
    async with opened(settings) as system, Worker(system.db, handlers(system)):
        yield Office(World(system, folder, google), mails, firebase)
