"""With a certificate the edge speaks TLS, and HTTP/2 to whoever can."""

import asyncio
import socket
import ssl
import warnings
from dataclasses import replace

import pytest

from cnt_grpc.edge import EdgeConfig, Tls
from tests.edge.edges import edge
from tests.harness.api import Api


async def test_grpc_and_json_over_tls(config: EdgeConfig, certificate: Tls) -> None:
    async with edge(replace(config, tls=certificate)) as front:
        answer = await front.ask("GET", "/api/v1/edge/things/ann")
        assert answer.json["headers"]["x-forwarded-proto"] == "https"
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert (await Api(front.channel).service("cnt.testing.v1.EdgeService").See(name="ann")).name == "ann"
        assert await asyncio.to_thread(_agreed, front.port, certificate, ["h2", "http/1.1"]) == "h2"
        assert await asyncio.to_thread(_agreed, front.port, certificate, ["http/1.1"]) == "http/1.1"
        with pytest.raises(ssl.SSLError):
            await asyncio.to_thread(_agreed, front.port, certificate, ["h2"], old=True)


def _agreed(port: int, tls: Tls, protocols: list[str], *, old: bool = False) -> str | None:
    """The protocol that both sides settle on."""
    context = ssl.create_default_context(cafile=tls.certificate)
    context.set_alpn_protocols(protocols)
    if old:
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore"):  # that it is old is the point
            context.minimum_version = ssl.TLSVersion.TLSv1_1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secured,
    ):
        return secured.selected_alpn_protocol()
