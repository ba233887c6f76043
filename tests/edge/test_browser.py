"""gRPC-Web from a real page: generated TypeScript, connect-web, Chromium, Envoy, and the whole system behind it."""

import asyncio
import secrets
import subprocess
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from cnt_grpc.edge import Address, EdgeConfig, Tls
from tests.dev.processes import eventually
from tests.edge.chromium import Page, browser
from tests.edge.edges import Edge, edge
from tests.edge.pages import CLIENT, FOLDER, NODE, bundled, site
from tests.harness.running import HOST
from tests.harness.world import World
from tests.notification.inboxes import tell

PASSWORD = "a password of nine words that nobody else has"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """tests/edge/web/page.ts as one script."""
    return bundled("page.ts", tmp_path_factory.mktemp("bundle"))


@pytest.fixture
async def opened(bundle: bytes) -> AsyncIterator[tuple[Page, str]]:
    """A browser on the page, and the page's origin."""
    async with site(bundle) as origin, browser() as page:
        await page.open(f"{origin}/")
        yield page, origin


def test_the_page_is_well_typed() -> None:
    """The bundler drops types without a look at them."""
    subprocess.run([NODE, CLIENT / "node_modules" / ".bin" / "tsc", "--project", FOLDER], check=True)


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
async def test_a_page_registers_signs_in_and_watches(
    opened: tuple[Page, str], whole: EdgeConfig, certificate: Tls, world: World, secure: bool
) -> None:
    page, origin = opened
    config = replace(whole, cors_origins=(origin,), tls=certificate if secure else None)
    async with edge(config) as front, asyncio.timeout(60):
        email = f"{secrets.token_hex(6)}@example.org"
        token = (await page.call("register", front.url, email, PASSWORD))["accessToken"]
        assert await page.call("me", front.url, token) == {"email": email}
        assert "accessToken" in await page.call("login", front.url, email, PASSWORD)
        await failures(page, front, email)
        await notices(page, front, world)


async def failures(page: Page, front: Edge, email: str) -> None:
    """The server's refusals, with everything that the contract says of them."""
    failure = (await page.call("login", front.url, email, "wrong"))["failure"]
    assert (failure["code"], failure["reason"]) == (16, "WRONG_CREDENTIALS")
    assert failure["requestId"]
    failure = (await page.call("login", front.url, "", ""))["failure"]
    assert (failure["code"], failure["reason"]) == (3, "INVALID")
    assert {violation["field"] for violation in failure["violations"]} == {"username_or_email", "password"}
    failure = (await page.call("me", front.url, ""))["failure"]
    assert (failure["code"], failure["reason"]) == (16, "NOT_SIGNED_IN")


async def notices(page: Page, front: Edge, world: World) -> None:
    """A stream: the first message at once, each next one as it happens, and again after a reconnect."""
    ann = await world.user()
    number = await page.call("watch", front.url, ann.token, "0")
    await tell(world, ann)
    first = await arrives(page, number, 1)
    await page.call("stop", number)
    await tell(world, ann)
    again = await page.call("watch", front.url, ann.token, first[0]["seq"])
    second = await arrives(page, again, 1)
    assert int(second[0]["seq"]) == int(first[0]["seq"]) + 1
    assert (await page.call("seen", number))["failure"]["code"] == 1  # cancelled, by the page


async def arrives(page: Page, watch: int, count: int) -> list[dict[str, Any]]:
    """The notifications of a stream, when there are so many; within a second."""
    told = time.monotonic()
    while len(found := (await page.call("seen", watch))["seen"]) < count:
        assert time.monotonic() < told + 1, await page.call("seen", watch)
        await asyncio.sleep(0.02)
    return found  # type: ignore[no-any-return]


async def test_over_http2_streams_do_not_wait_for_each_other(
    opened: tuple[Page, str], whole: EdgeConfig, certificate: Tls, world: World
) -> None:
    """Plain HTTP gives a page six connections; the seventh stream would wait for ever."""
    page, origin = opened
    ann = await world.user()
    async with edge(replace(whole, cors_origins=(origin,), tls=certificate)) as front, asyncio.timeout(30):
        watches = [await page.call("watch", front.url, ann.token, "0") for _ in range(8)]
        await tell(world, ann)
        for watch in watches:
            await arrives(page, watch, 1)


async def test_json_over_http2_may_be_larger_than_its_window(
    opened: tuple[Page, str], whole: EdgeConfig, certificate: Tls
) -> None:
    """Envoy would refuse a body that is larger than the 64 KiB which a stream may have under way."""
    page, origin = opened
    async with edge(replace(whole, cors_origins=(origin,), tls=certificate)) as front:
        given = {"username_or_email": "a@example.org", "password": "x" * 900_000}
        answer = await page.call("post", f"{front.url}/api/v1/auth/login", given)
        assert answer["status"] == 400
        assert answer["json"]["details"][0]["reason"] == "INVALID"  # the server read it, and found it too long
        given["password"] *= 2
        answer = await page.call("post", f"{front.url}/api/v1/auth/login", given)
        assert (answer["status"], answer["json"]["details"][0]["reason"]) == (413, "TOO_LARGE")
        await eventually(lambda: len(front.log()) > 1)
        assert {line["protocol"] for line in front.log()} == {"HTTP/2"}


async def test_a_page_of_another_origin_is_kept_out(opened: tuple[Page, str], whole: EdgeConfig) -> None:
    page, _ = opened
    async with edge(replace(whole, cors_origins=("https://app.example.org",))) as front:
        failure = (await page.call("login", front.url, "a@example.org", "x"))["failure"]
    assert "Failed to fetch" in failure["message"]


async def test_no_server_is_unavailable_and_a_foreign_path_unimplemented(
    opened: tuple[Page, str], whole: EdgeConfig
) -> None:
    page, origin = opened
    nobody = (Address(HOST, 9),)
    async with edge(replace(whole, cors_origins=(origin,), grpc=nobody)) as front:
        failure = (await page.call("login", front.url, "a@example.org", "x"))["failure"]
        assert (failure["code"], failure["reason"]) == (14, "SERVER_UNAVAILABLE")
        assert failure["retryAfterMs"] == 1000
        failure = (await page.call("login", f"{front.url}/elsewhere", "a@example.org", "x"))["failure"]
        assert (failure["code"], failure["reason"]) == (12, "NO_SUCH_METHOD")
