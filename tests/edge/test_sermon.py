"""The story of a sermon, sent in every way: published, reviewed, told, found, in the feed, heard, and gone.

The bytes that are heard are the bytes that were sent.
"""

import asyncio
import hashlib
import io
import json
import secrets
import time
import urllib.parse
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from cnt_grpc.edge import EdgeConfig
from tests.content.test_feed import check as check_feed
from tests.edge.edges import Edge
from tests.edge.pages import bundled
from tests.edge.sending import TYPES, WAYS, InPages, Way
from tests.edge.test_system import Someone
from tests.harness.api import Api
from tests.harness.world import World
from tests.media import makers
from tests.media.test_uploads import Ann

SECONDS = 12.0
PATIENCE = 30.0


async def until(look: Callable[[], Awaitable[Any]], right: Callable[[Any], bool]) -> Any:
    """What is seen, as soon as it is right; jobs on a busy machine take their time."""
    deadline = time.monotonic() + PATIENCE
    while not right(found := await look()):
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.1)
    return found


def file_of(suffix: str, folder: Path, *, noisy: bool) -> Path:
    """A sermon of twelve seconds; a film has a clock in it, and if wanted noise that makes it long to send."""
    path = folder / f"sermon{suffix}"
    if suffix == ".mp4":
        return makers.film(path, SECONDS, *(("-vf", "noise=alls=60:allf=t", "-crf", "18") if noisy else ()))
    return makers.tone(path, SECONDS, "-ac", "2", "-b:a", "320k")


async def arrived(send: Way, ann: Someone, file: Path) -> Mapping[str, Any]:
    """What the server says of the file, which is stored as it was sent and as long as it is."""
    sent, data = await send(ann, file), await asyncio.to_thread(file.read_bytes)
    stored = (await ann.ask("GET", f"/media/{sent['media_id']}")).json["media"]
    assert (stored["sha256"], int(stored["size"])) == (hashlib.sha256(data).hexdigest(), len(data))
    assert stored["content_type"] == TYPES[file.suffix]
    assert int(stored["duration_ms"]) == pytest.approx(SECONDS * 1000, abs=50)
    return sent


@pytest.fixture
def in_pages(whole: EdgeConfig, tmp_path_factory: pytest.TempPathFactory) -> InPages:
    """Pages are bundled when the first one is opened."""
    return InPages(whole, lambda: bundled("upload.ts", tmp_path_factory.mktemp("upload")))


@pytest.mark.parametrize("way", [*WAYS, "page"])
async def test_the_story_of_a_sermon(way: str, gate: Edge, world: World, in_pages: InPages, tmp_path: Path) -> None:
    people = await world.users(2)
    ann, bob = (Someone(gate, each.token) for each in people)
    admin = Someone(gate, (await world.user(roles={"admin"})).token)
    send, suffix = WAYS.get(way) or (in_pages.send, ".mp4")
    for each in TYPES:
        # The other kind is somebody else's, and no more is told of it.
        file = await asyncio.to_thread(file_of, each, tmp_path, noisy=each == suffix)
        answer = await arrived(send, ann if each == suffix else bob, file)
        if each == suffix:
            sent, data = answer, file.read_bytes()

    await bob.ask("POST", f"/users/{people[0].id}/follow", json={})
    word = f"w{secrets.token_hex(6)}"
    given = {"title": f"On hope {word}", "description": "What it is.", "media_id": sent["media_id"]}
    podcast = (await ann.ask("POST", "/podcasts", json=given)).json["podcast"]["podcast_id"]
    assert await listed(gate, people[0].id) == {}
    async with bob.watching() as lines:
        await admin.ask("POST", f"/admin/approve/podcast/{podcast}", json={})
        notice = await told(lines)
    assert (notice["data"]["content_id"], notice["data"]["content_type"]) == (podcast, "podcast")

    shown = (await until(lambda: listed(gate, people[0].id), lambda found: podcast in found))[podcast]
    await until(lambda: matches(gate, word), lambda found: found == [podcast])
    path = urllib.parse.urlsplit(shown["media_url"]).path
    heard = await gate.ask("GET", path)
    assert (heard.status, heard.body) == (200, data)
    assert heard.headers["content-type"] == TYPES[suffix]
    await in_the_feed(gate, people[0].id, path, size=len(data))
    if suffix == ".mp4":
        picture = await gate.ask("GET", urllib.parse.urlsplit(shown["cover_url"]).path)
        drawn = Image.open(io.BytesIO(picture.body)).convert("L")
        assert drawn.width >= 160
        assert len(drawn.getcolors(256) or ()) > 50, "a real picture, and none of one colour"
    if way == "page":
        await played(in_pages, path)

    await ann.ask("DELETE", f"/podcasts/{podcast}")
    await until(lambda: gate.ask("GET", path), lambda answer: answer.status == 404)
    uploader = Ann(world, Api(gate.channel), people[0])
    stem = sent["file_path"].rpartition("/")[2].partition(".")[0]
    await until(uploader.charged, lambda charged: charged == 0)
    await until(lambda: keys_of(uploader, stem), lambda keys: keys == [])
    await until(lambda: matches(gate, word), lambda found: found == [])
    assert podcast not in await until(lambda: listed(gate, people[0].id), lambda found: not found)


async def listed(gate: Edge, creator_id: int) -> Mapping[str, Any]:
    """What everyone sees of a creator, by id."""
    answer = await gate.ask("GET", f"/api/v1/podcasts?creator_id={creator_id}")
    return {item["podcast_id"]: item for item in answer.json["podcasts"]}


async def matches(gate: Edge, word: str) -> list[str]:
    """Ids of what the search of everything finds."""
    answer = await gate.ask("GET", f"/api/v1/search?q={word}")
    return [each["id"] for group in answer.json["groups"] for each in group["results"]]


async def told(lines: aiohttp.StreamReader) -> Mapping[str, Any]:
    """The next notification, whatever beats before it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            line: Mapping[str, Any] = json.loads(await lines.readline())
            if found := line.get("notification"):
                return dict(found)


async def in_the_feed(gate: Edge, user_id: int, path: str, *, size: int) -> None:
    """The artist's feed is valid, and has this file with its length."""
    artist = (await gate.ask("GET", f"/api/v1/artists/by-user/{user_id}")).json["artist"]["artist_id"]

    async def enclosures() -> list[Any]:
        feed = await gate.ask("GET", f"/feeds/artists/{artist}.xml")
        assert feed.headers["content-type"].startswith("application/rss+xml")
        return [item.find("enclosure").attrib for item in check_feed(feed.body)]

    [enclosure] = await until(enclosures, bool)
    assert urllib.parse.urlsplit(enclosure["url"]).path == path
    assert int(enclosure["length"]) == size


async def keys_of(uploader: Ann, stem: str) -> list[str]:
    """Objects of a file and of what was made of it."""
    return [key for key in await uploader.keys("") if stem in key]


async def played(in_pages: InPages, path: str) -> None:
    """A page plays the film from near its end and from its middle, and fetches parts of it."""
    async with in_pages.opened() as (page, front), asyncio.timeout(90):
        size = int((await front.ask("HEAD", path)).headers["content-length"])
        # So slowly that the end is not there yet when somebody goes to it.
        await page.slow_down(up=-1, down=size / 6)
        film = await page.call("open", front.url + path)
        assert film["duration"] == pytest.approx(SECONDS, abs=0.05)
        assert (film["width"], film["height"]) == (320, 240)
        for moment in (10.5, 5.25):
            there = await page.call("seek", moment)
            assert there["at"] == pytest.approx(moment, abs=0.05)
            assert there["ready"] >= 2, "it has a picture of that moment"
            assert any(start <= moment <= end for start, end in there["ranges"])
            assert await page.call("play", 0.3) >= moment + 0.3
        # Envoy writes a line when an answer ends; where the page has gone, all of them do.
        await page.visit("about:blank", "true")

        async def statuses() -> list[int]:
            asked = [line["status"] for line in front.log() if (line["path"], line["verb"]) == (path, "GET")]
            return [status for status in asked if status]  # 0: the page went elsewhere before an answer began

        assert set(await until(statuses, lambda found: len(found) >= 2)) == {206}
