"""What most tests of the edge share: one server, one Envoy with the settings of production, on free ports."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cnt_grpc.edge import Address, EdgeConfig, Tls
from cnt_grpc.edge.__main__ import IMAGE
from tests.edge.certificates import make_certificate
from tests.edge.edges import Edge, Peer, edge, peer, write_image
from tests.harness.running import HOST, Running

ORIGIN = "https://app.example.org"


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The descriptor image of EdgeService."""
    return write_image(tmp_path_factory.mktemp("image") / "image.binpb")


@pytest.fixture(scope="session")
def server() -> Iterator[Peer]:
    """A server that no test may kill."""
    with peer() as made:
        yield made


@pytest.fixture(scope="session")
def config(image: Path, server: Peer) -> EdgeConfig:
    """The settings of production, but for what must differ in a test."""
    # No limit by address: all tests of a process share 127.0.0.1.
    return EdgeConfig(
        image=image,
        grpc=(server.grpc,),
        side=(server.side,),
        cors_origins=(ORIGIN, "https://*.example.net"),
        address_rate=None,
    )


@pytest.fixture(scope="session")
async def front(config: EdgeConfig) -> AsyncIterator[Edge]:
    """The edge that tests share as long as they leave it as it is."""
    async with edge(config) as made:
        yield made


@pytest.fixture(scope="session")
def whole(running: Running) -> EdgeConfig:
    """Settings of an edge before the whole system."""
    return EdgeConfig(
        image=IMAGE,
        grpc=(Address(HOST, running.grpc_port),),
        side=(Address(HOST, running.side_port),),
        address_rate=None,
    )


@pytest.fixture(scope="session")
async def gate(whole: EdgeConfig) -> AsyncIterator[Edge]:
    """The edge before the whole system."""
    async with edge(whole) as made:
        yield made


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """A certificate for localhost that signs itself."""
    return make_certificate(tmp_path_factory.mktemp("tls"))
