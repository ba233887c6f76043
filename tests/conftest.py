"""Fixtures for all tests: a database cluster a process, a running system, its world of people, and a client."""

from collections.abc import AsyncIterator, Iterator

import grpc
import pytest

from cnt_grpc.app import System
from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.telemetry import configure_logs
from cnt_grpc.media import sandbox
from tests.harness.api import Api
from tests.harness.database import Cluster
from tests.harness.google import GoogleStandIn
from tests.harness.livekit import LiveKitStandIn
from tests.harness.paypal import PayPalStandIn
from tests.harness.running import Running, settings_for, start
from tests.harness.stripe import StripeStandIn
from tests.harness.voices import VoicesStandIn
from tests.harness.world import World

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
    # Tests wait for what is made: what yields to all else on a busy machine comes minutes late.
    setattr(sandbox, "NICENESS", 2)  # noqa: B010  (a constant for everyone else)


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


@pytest.fixture(scope="session")
async def google() -> AsyncIterator[GoogleStandIn]:
    """Somebody who says who people are."""
    async with GoogleStandIn().serving() as serving:
        yield serving


@pytest.fixture(scope="session")
async def stripe() -> AsyncIterator[StripeStandIn]:
    """Somebody who takes money."""
    async with StripeStandIn().serving() as serving:
        yield serving


@pytest.fixture(scope="session")
async def paypal() -> AsyncIterator[PayPalStandIn]:
    """Somebody else who takes money."""
    async with PayPalStandIn().serving() as serving:
        yield serving


@pytest.fixture(scope="session")
async def livekit() -> AsyncIterator[LiveKitStandIn]:
    """Rooms without picture or sound."""
    async with LiveKitStandIn().serving() as serving:
        yield serving


@pytest.fixture(scope="session")
async def voices() -> AsyncIterator[VoicesStandIn]:
    """A mind, an ear and a voice."""
    async with VoicesStandIn().serving() as serving:
        yield serving


@pytest.fixture(scope="session")
async def running(  # noqa: PLR0917  (fixtures are asked for by name)
    cluster: Cluster,
    google: GoogleStandIn,
    stripe: StripeStandIn,
    paypal: PayPalStandIn,
    livekit: LiveKitStandIn,
    voices: VoicesStandIn,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Running]:
    """A server and a worker with all rooms, on a database that all tests of a process share."""
    urls = {
        "google_url": google.url,
        "stripe_url": stripe.url,
        "livekit_url": livekit.url,
        "paypal_url": paypal.url,
        "voices_url": voices.url,
    }
    settings = settings_for(await cluster.clone(), tmp_path_factory.mktemp("state"), SECRET_KEY, **urls)
    async with start(settings) as started:
        yield started


@pytest.fixture(scope="session")
def system(running: Running) -> System:
    """What server and worker share: the database, the storage, the bus."""
    return running.system


@pytest.fixture(scope="session")
def world(  # noqa: PLR0917  (likewise)
    system: System,
    google: GoogleStandIn,
    stripe: StripeStandIn,
    paypal: PayPalStandIn,
    livekit: LiveKitStandIn,
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    """Makes the people of a test. Everyone shares its database: look only at the rows of your own people."""
    return World(system, tmp_path_factory.mktemp("world"), google, stripe, livekit=livekit, paypal=paypal)


@pytest.fixture(scope="session")
async def client(running: Running) -> AsyncIterator[Api]:
    """A client that has signed in as nobody, shared by all tests of a process."""
    async with grpc.aio.insecure_channel(running.target) as channel:
        yield Api(channel)


@pytest.fixture
def api(client: Api) -> Api:
    """The same in a network of its own: what other tests tried in vain does not slow this one down."""
    return client.elsewhere()
