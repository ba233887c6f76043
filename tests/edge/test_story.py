"""The story of a post, told by browsers over gRPC-Web, by JSON lines and by gRPC: all through Envoy, as it happens.

Ann posts. A moderator approves it, Bob likes it and says something: Ann sees all of it on her screen, and her unread
count move. She closes, misses three notifications, comes back, and gets exactly those.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from cnt_grpc.edge import EdgeConfig, Tls
from tests.edge.chromium import pages
from tests.edge.edges import edge
from tests.edge.pages import bundled, site
from tests.edge.seats import ByGrpc, ByJson, InBrowser, Seat
from tests.faults.sizes import FULL
from tests.harness.world import Person, World

PROMISED = 1.0 if FULL else 20.0
"""Seconds until what somebody does is seen by others; only a machine at rest says something of the first."""


@asynccontextmanager
async def seats(
    kind: str, whole: EdgeConfig, certificate: Tls, people: Sequence[Person], bundle: Callable[[], bytes]
) -> AsyncIterator[list[Seat]]:
    """A seat for each of these people, all of one kind, before one Envoy."""
    async with AsyncExitStack() as stack:
        if kind != "browser":
            front = await stack.enter_async_context(edge(whole))
            yield [(ByJson if kind == "json" else ByGrpc)(front, who) for who in people]
            return
        origin = await stack.enter_async_context(site(bundle()))
        front = await stack.enter_async_context(edge(replace(whole, cors_origins=(origin,), tls=certificate)))
        opened = await stack.enter_async_context(pages(len(people)))
        for page in opened:
            await page.open(f"{origin}/")
        yield [InBrowser(page, front, who) for page, who in zip(opened, people, strict=True)]


async def within_a_second(look: Callable[[], Any], right: Callable[[Any], bool]) -> Any:
    """What is seen, as soon as it is right."""
    started = time.monotonic()
    while not right(found := await look()):
        assert time.monotonic() < started + PROMISED, found
        await asyncio.sleep(0.02)
    return found


@pytest.fixture
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], bytes]:
    """Makes tests/edge/web/story.ts one script."""
    return lambda: bundled("story.ts", tmp_path_factory.mktemp("story"))


@pytest.mark.parametrize("kind", ["browser", "json", "grpc"])
async def test_the_story_of_a_post(
    whole: EdgeConfig, certificate: Tls, world: World, bundle: Callable[[], bytes], kind: str
) -> None:
    ann, bob = await world.users(2)
    cy = await world.user(roles={"moderator"})
    async with asyncio.timeout(90), seats(kind, whole, certificate, (ann, bob, cy), bundle) as (hers, his, theirs):
        post_id = await hers.post("He answered.")
        screen, bell = await hers.watch_post(post_id), await hers.watch_notices(0)

        await theirs.approve(post_id)
        await within_a_second(screen.changes, lambda seen: seen[-1]["approved"] is True)
        await his.like(post_id)
        await within_a_second(screen.changes, lambda seen: seen[-1]["likes"] == 1)
        await his.comment(post_id, "Amen.")
        await within_a_second(screen.changes, lambda seen: seen[-1]["comments"] == ["Amen."])
        live = [
            "“He answered.” is approved",
            f"{bob.name} likes your post",
            f"{bob.name} commented on your post",
        ]
        told = await within_a_second(bell.notices, lambda seen: len(seen) == 3)
        assert [title for _, title in told] == live
        assert await hers.unread() == 3

        own = await hers.comment(post_id, "Thank you.")
        last = told[-1][0]
        for each in (screen, bell):
            await each.stop()
        await his.comment(post_id, "Thank Him.", own)
        await his.like_comment(own)
        await theirs.comment(post_id, "We all do.")

        back = await hers.watch_notices(last)
        missed = await within_a_second(back.notices, lambda seen: len(seen) >= 3)
        assert [title for _, title in missed] == [
            f"{bob.name} replied to your comment",
            f"{bob.name} likes your comment",
            f"{cy.name} commented on your post",
        ]
        assert [seq for seq, _ in missed] == [last + 1, last + 2, last + 3]
        assert await hers.unread() == 6
        await back.stop()
