"""A whole system in processes that tests may kill."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import SECRET_KEY
from tests.faults.whole import Parties, Whole, whole
from tests.harness.google import GoogleStandIn
from tests.harness.livekit import LiveKitStandIn
from tests.harness.stripe import StripeStandIn


@pytest.fixture(scope="session")
def parties(google: GoogleStandIn, stripe: StripeStandIn, livekit: LiveKitStandIn) -> Parties:
    """Those outside, who never fail here."""
    return Parties(google, stripe, livekit)


@pytest.fixture(scope="session")
async def system_at_risk(tmp_path_factory: pytest.TempPathFactory, parties: Parties) -> AsyncIterator[Whole]:
    """Two servers and a worker, with an Envoy before them; shared by a process, and whole again after each test."""
    folder: Path = tmp_path_factory.mktemp("whole")
    async with whole(folder, SECRET_KEY, parties, with_edge=True) as made:
        yield made


@pytest.fixture
async def at_risk(system_at_risk: Whole) -> AsyncIterator[Whole]:
    """The same for a test: what it killed lives again afterwards."""
    await system_at_risk.heal()
    yield system_at_risk
    await system_at_risk.heal()
