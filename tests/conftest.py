"""Fixtures for all tests: a database cluster a process, a running system, its world of people, and a client."""

from collections.abc import AsyncIterator, Iterator

import pytest

from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.telemetry import configure_logs
from tests.harness.database import Cluster

SECRET_KEY = "a secret for tests, long enough for every check"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A real Postgres with a migrated template."""
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session", autouse=True)
def configured() -> None:
    """What every program does first: logs, and the SECRET_KEY of all tests."""
    configure_logs("INFO", as_json=True)
    seal.configure(SECRET_KEY)


@pytest.fixture(autouse=True)
def time_stands_still_again() -> Iterator[None]:
    """Undo what a test moved."""
    yield
    clock.reset()


@pytest.fixture(scope="session")
async def scratch(cluster: Cluster) -> AsyncIterator[Database]:
    """A migrated database for tests of the kit, shared by all tests of a process."""
    db = await Database.open(await cluster.clone())
    yield db
    await db.close()
