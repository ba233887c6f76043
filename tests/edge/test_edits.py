"""A film is edited through Envoy: on a page in Chromium by gRPC-Web, by curl with lines of JSON, and by gRPC."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cnt_grpc.edge import EdgeConfig
from cnt_grpc.media.sniff import Kind
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from tests.edge.chromium import Page, browser
from tests.edge.edges import Edge, edge
from tests.edge.pages import bundled, site
from tests.editing import studio
from tests.editing.test_running import encoders, long_film, until
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.machine import program

PATIENCE = 60.0
"""Seconds that an edit may take on a busy machine."""
STOPPED = 3.0
"""Seconds that FFmpeg may live on when its edit was broken off."""


async def coloured(world: World, who: Person) -> int:
    """Four seconds of a green film with a tone, with many key frames, so that a player seeks quickly."""
    graph = "color=0x20a020:s=320x240:d=4:r=25[out0];sine=frequency=440:duration=4[out1]"
    options = ("-c:v", "libx264", "-g", "10", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart")
    return await studio.drawn(world, who, graph, Kind.VIDEO, "green.mp4", *options)


@asynccontextmanager
async def opened(whole: EdgeConfig, folder: Path) -> AsyncIterator[tuple[Page, Edge]]:
    """The page in a browser, and the edge that it speaks to."""
    async with (
        site(bundled("editing.ts", folder)) as origin,
        browser() as page,
        edge(replace(whole, cors_origins=(origin,))) as front,
    ):
        await page.open(f"{origin}/")
        yield page, front


async def shows(page: Page, right: Any, seconds: float = PATIENCE) -> Any:
    """What the page shows, as soon as it is right."""
    deadline = time.monotonic() + seconds
    while not right(found := await page.call("seen")):
        assert time.monotonic() < deadline, found
        assert not found["problem"], found
        await asyncio.sleep(0.05)
    return found


async def test_a_person_edits_a_film_on_a_page(whole: EdgeConfig, world: World, tmp_path: Path) -> None:
    ann = await world.user()
    film = await coloured(world, ann)
    async with opened(whole, tmp_path) as (page, front), asyncio.timeout(150):
        await page.call("open", front.url, ann.token, str(film))
        assert (await page.call("seen"))["seconds"] == pytest.approx(4, abs=0.1)
        before = await page.call("seek", 2)
        assert before["colour"] > 60
        assert before["bright"] == 0

        # A mistake is shown where it was made, and nothing begins.
        await page.call("fill", {"start": "1", "end": "9", "caption": "Be still", "saturation": "0"})
        await page.call("press", "make")
        deadline = time.monotonic() + PATIENCE
        while not (problem := (await page.call("seen"))["problem"]):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert problem == "operations[0].trim.end"

        await page.call("fill", {"end": "3"})
        await page.call("press", "make")
        done = await shows(page, lambda seen: seen["ended"])
        assert done["ended"] == "DONE"
        assert done["bars"] == sorted(done["bars"]), "the bar went back"
        assert len(set(done["bars"])) > 2
        assert done["bars"][-1] == 100
        assert done["seconds"] == pytest.approx(2, abs=0.1)

        played = await page.call("play", 0.5)
        assert 0.5 <= played["to"] - played["from"] <= 2.1
        for moment in (1.5, 0.4):
            after = await page.call("seek", moment)
            assert after["at"] == pytest.approx(moment, abs=0.1)
            assert after["colour"] < 12, "the filter took the colour out"
            assert after["bright"] > 50, "the caption is white"

        await page.call("press", "undo")
        undone = await shows(page, lambda seen: seen["ended"] == "undone")
        assert undone["seconds"] == pytest.approx(4, abs=0.1)
        assert (await page.call("seek", 2))["colour"] > 60


async def test_an_edit_that_is_cancelled_on_the_page_stops_at_once(
    whole: EdgeConfig, world: World, tmp_path: Path
) -> None:
    ann = await world.user()
    film = await long_film(world, ann)
    async with opened(whole, tmp_path) as (page, front), asyncio.timeout(120):
        await page.call("open", front.url, ann.token, str(film))
        await page.call("fill", {"start": "0", "end": "59", "caption": "Wait", "saturation": "1.5"})
        await page.call("press", "make")
        await shows(page, lambda seen: seen["stage"] == "MAKING")
        await until(encoders, PATIENCE)
        await page.call("press", "cancel")
        await until(lambda: encoders() == 0, STOPPED)
        assert (await shows(page, lambda seen: seen["ended"]))["ended"] == "CANCELLED"


class Curl:
    """Calls with curl, as a person types them."""

    def __init__(self, front: Edge, who: Person) -> None:
        self._words = [program("curl"), "-sN", "-H", f"authorization: Bearer {who.token}"]
        self._root = f"{front.url}/api/v1"

    async def ask(self, path: str, given: dict[str, Any] | None = None) -> Any:
        """One call; POST where something is given."""
        return json.loads(b"".join([line async for line in self._output(path, given)]))

    async def lines(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """The lines of a stream, as they come."""
        async for line in self._output(path, None):
            if line.strip():
                yield json.loads(line)

    async def _output(self, path: str, given: dict[str, Any] | None) -> AsyncIterator[bytes]:
        body = [] if given is None else ["-d", json.dumps(given)]
        process = await asyncio.create_subprocess_exec(
            *self._words, *body, self._root + path, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            async for line in process.stdout:
                yield line
            assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_the_same_by_curl(gate: Edge, world: World) -> None:
    ann = await world.user()
    film = await coloured(world, ann)
    curl = Curl(gate, ann)
    steps = [
        {"trim": {"start": 1, "end": 3}},
        {"text_overlays": {"overlays": [{"text": 'It\'s "so": 100%'}]}},
        {"filters": {"saturation": 0}},
    ]
    async with asyncio.timeout(120):
        edit = (await curl.ask("/edits", {"media_id": str(film), "operations": steps}))["edit"]["edit_id"]
        seen = [line["progress"] async for line in curl.lines(f"/edits/{edit}/progress")]
        assert [each["percent"] for each in seen] == sorted(each["percent"] for each in seen)
        assert seen[-1]["state"] == "EDIT_STATE_DONE"
        result = seen[-1]["result"]
        assert int(result["duration_ms"]) == pytest.approx(2000, abs=100)
        link = gate.url + "/" + result["url"].split("/", 3)[3]
        async with gate.http.get(link, headers={"range": "bytes=0-99"}) as answer:
            assert answer.status == 206
            assert len(await answer.read()) == 100
        versions = (await curl.ask(f"/edits/{edit}/versions"))["versions"]
        assert [(each["version"], each["in_use"]) for each in versions] == [(1, True), (0, False)]
        undone = (await curl.ask(f"/edits/{edit}:use-version", {"version": 0}))["version"]
        assert (undone["file"]["media_id"], undone["in_use"]) == (str(film), True)
        # A shorthand, with the body that `curl -d` calls a form.
        turned = await curl.ask("/video-editing/rotate", {"media_id": str(film), "degrees": 90})
        assert turned["state"] == "EDIT_STATE_DONE"
        assert turned["duration"] == pytest.approx(4, abs=0.1)


async def test_an_edit_that_is_cancelled_by_curl_stops_at_once(gate: Edge, world: World) -> None:
    ann = await world.user()
    film = await long_film(world, ann)
    curl = Curl(gate, ann)
    async with asyncio.timeout(120):
        given = {"media_id": str(film), "operations": [{"filters": {"saturation": 0.5}}]}
        edit = (await curl.ask("/edits", given))["edit"]["edit_id"]
        times: list[float] = []
        last = None
        async for line in curl.lines(f"/edits/{edit}/progress"):
            times.append(time.monotonic())
            if last is None and line["progress"]["stage"] == "EDIT_STAGE_MAKING" and encoders():
                await curl.ask(f"/edits/{edit}:cancel", {})
                await until(lambda: encoders() == 0, STOPPED)
                last = line["progress"]["state"]
            elif last is not None:
                last = line["progress"]["state"]
        assert last == "EDIT_STATE_CANCELLED"
        assert max((later - earlier for earlier, later in pairwise(times)), default=0) < 4


async def test_the_same_by_grpc(gate: Edge, world: World) -> None:
    ann = await world.user()
    film = await coloured(world, ann)
    mine = Api(gate.channel).as_(ann)
    steps: list[dict[str, Any]] = [
        {"trim": {"start": 1, "end": 3}},
        {"text_overlays": {"overlays": [{"text": "Amen"}]}},
        {"filters": {"saturation": 0}},
    ]
    last = await studio.edited(mine, film, *steps)
    found = await studio.look(world, last.result)
    assert found.film_seconds() == pytest.approx(2, abs=0.05)
    picture = found.picture(1)
    assert (picture.max(axis=2).astype(int) - picture.min(axis=2)).mean() < 12
    assert (picture.min(axis=2) > 200).sum() > 50
    [edit] = (await mine.editing.ListEdits()).edits
    undone = await mine.editing.UseEditVersion(edit_id=edit.edit_id, version=0)
    assert undone.version.file.media_id == film
    other = await long_film(world, ann)
    broken = (await mine.editing.CreateEdit(media_id=other, operations=[steps[2]])).edit.edit_id
    await until(encoders, PATIENCE)
    await mine.editing.CancelEdit(edit_id=broken)
    await until(lambda: encoders() == 0, STOPPED)
    [*_, last] = [each.progress async for each in mine.editing.WatchEdit(edit_id=broken)]
    assert last.state == edit_pb2.EDIT_STATE_CANCELLED
