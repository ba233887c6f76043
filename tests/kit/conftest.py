"""Fixtures for tests of the kit: a server that serves the probe alone."""

from collections.abc import AsyncIterator

import pytest

from cnt_grpc.kit.db import Database
from tests.kit.served import Probe, serving


@pytest.fixture
async def probe(scratch: Database) -> AsyncIterator[Probe]:
    """A server of its own for each test; the database is shared."""
    async with serving(scratch) as running:
        yield running
