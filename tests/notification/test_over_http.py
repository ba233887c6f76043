"""What only the edge can show: the links in mails are pages and take a form, and a DELETE may carry a body."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from cnt_grpc.edge import Address, EdgeConfig
from cnt_grpc.edge.__main__ import IMAGE
from cnt_grpc.notification import unsubscribing
from tests.edge.edges import Edge, edge
from tests.harness.running import HOST, Running

if TYPE_CHECKING:
    from tests.harness.world import World


@pytest.fixture(scope="module")
async def gate(running: Running) -> AsyncIterator[Edge]:
    """The edge before the whole system."""
    config = EdgeConfig(
        image=IMAGE,
        grpc=(Address(HOST, running.grpc_port),),
        side=(Address(HOST, running.side_port),),
        address_rate=None,
    )
    async with edge(config) as made:
        yield made


async def test_one_click_as_mail_programs_do_it(world: World, gate: Edge) -> None:
    ann = await world.user()
    link = unsubscribing.url(gate.url, ann.id, "donation")
    async with gate.http.get(link) as page:
        assert (page.status, page.content_type) == (200, "text/html")
        assert '<form method="post">' in await page.text()
    signed_in = {"authorization": f"Bearer {ann.token}"}
    preferences = f"{gate.url}/api/v1/notifications/preferences"
    # RFC 8058: either kind of form, and nobody is signed in.
    for form in ({"data": {"List-Unsubscribe": "One-Click"}}, {"data": b""}):
        async with gate.http.post(link, **form) as page:
            assert (page.status, page.content_type) == (200, "text/html")
            assert "no more" in await page.text()
    async with gate.http.get(preferences, headers=signed_in) as answer:
        found = {each["type"]: each["mail"] for each in (await answer.json())["preferences"]}
    assert not found["NOTIFICATION_TYPE_DONATION"]
    assert found["NOTIFICATION_TYPE_CONTENT_APPROVED"]
    async with gate.http.post(link[:-3]) as refused:
        assert refused.status == 400


async def test_devices(world: World, gate: Edge) -> None:
    ann = await world.user()
    headers = {"authorization": f"Bearer {ann.token}"}
    url, token = f"{gate.url}/api/v1/device-tokens", secrets.token_urlsafe(90)
    for path in (url, f"{url}/register"):
        async with gate.http.post(
            path, json={"token": token, "platform": "DEVICE_PLATFORM_IOS"}, headers=headers
        ) as made:
            assert made.status == 200
            device = (await made.json())["device"]
    async with gate.http.get(url, headers=headers) as listed:
        assert (await listed.json())["devices"] == [device]
    async with gate.http.delete(url, json={"token": token}, headers=headers) as gone:
        assert gone.status == 200
    async with gate.http.delete(f"{url}/{device['device_id']}", headers=headers) as gone:
        assert gone.status == 404
