"""Fifty posts on a screen while many people write: what they do shows there, in a browser, by JSON lines and by gRPC.

With CNT_FAULTS_FULL=1 there are 200 writers, and what they do shows within a second.
"""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnt_grpc.edge import EdgeConfig, Tls
from tests.community import makers
from tests.edge.pages import bundled
from tests.edge.seats import Seen
from tests.edge.test_story import seats
from tests.faults.sizes import FULL, say
from tests.harness.api import Api
from tests.harness.world import Person, World

POSTS = 50
WRITERS = 200 if FULL else 12
SECONDS = 15.0 if FULL else 2.0
PROMISED = 1.0 if FULL else 20.0
"""Seconds until it shows; only a machine at rest says something of the first."""


@pytest.fixture
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], bytes]:
    """Makes tests/edge/web/story.ts one script."""
    folder: Path = tmp_path_factory.mktemp("screen")
    return lambda: bundled("story.ts", folder)


class Screen:
    """What is seen of posts, and how long it took."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self.longest = 0.0

    async def shows(self, right: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Wait until the screen shows something; `longest` grows when that takes longer than ever."""
        began = time.monotonic()
        while not right(await self._seen.changes()):
            assert time.monotonic() < began + PROMISED, "it does not show"
            await asyncio.sleep(0.02)
        self.longest = max(self.longest, time.monotonic() - began)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ["browser", "json", "grpc"])
async def test_what_many_write_shows_on_a_screen_of_fifty_posts(  # noqa: PLR0917  (fixtures are asked for by name)
    whole: EdgeConfig, certificate: Tls, world: World, api: Api, bundle: Callable[[], bytes], kind: str
) -> None:
    ann, bob, *writers = await world.users(2 + WRITERS)
    posts = [await makers.made(world, ann) for _ in range(POSTS)]
    over, written = 0.0, 0

    async def write(who: Person) -> None:
        nonlocal written
        theirs = api.as_(who).community
        while time.monotonic() < over:
            post_id = random.choice(posts)
            if random.random() < 0.2:
                await theirs.CreateComment(post_id=post_id, content="Amen.")
            else:
                await theirs.ToggleLike(post_id=post_id)
            written += 1
            await asyncio.sleep(random.random())

    async with seats(kind, whole, certificate, (ann,), bundle) as (hers,):
        seen = await hers.watch_post(",".join(map(str, posts)))
        screen = Screen(seen)
        over = time.monotonic() + SECONDS
        writing = asyncio.gather(*map(write, writers))
        number = 0
        while not writing.done():
            number += 1
            words = f"{kind} {number}"
            await api.as_(bob).community.CreateComment(post_id=random.choice(posts), content=words)
            await screen.shows(lambda changes, words=words: any(words in each["comments"] for each in changes))  # type: ignore[misc]
            await asyncio.sleep(0.1)
        await writing
        async with world.db.transaction() as tx:
            rows = await tx.raw("SELECT id, likes_count FROM community_posts WHERE id = ANY($1)", posts)
        likes = {str(row["id"]): row["likes_count"] for row in rows}

        def at_last(changes: list[dict[str, Any]]) -> bool:
            last = {each["post_id"]: each["likes"] for each in changes}
            return all(last.get(post_id, 0) == number for post_id, number in likes.items())

        await screen.shows(at_last)
        await seen.stop()
    say(f"{kind}: {written} writes by {WRITERS} people, {number} looked for, each there within {screen.longest:.2f} s")
    assert number > 1
