"""The plain-HTTP side over real sockets: files by ranges, signatures, health and metrics."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Counter

from cnt_grpc import http
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.media import Shelf, Urls, publish, use, withdraw
from cnt_grpc.media.local import LocalStorage
from cnt_grpc.pb.cnt.common.v1.reason import Reason
from tests.auth import makers as people
from tests.media import makers

CONTENT = bytes(range(256)) * 1000


class Side:
    """A running HTTP side."""

    def __init__(self, db: Database, storage: LocalStorage, session: aiohttp.ClientSession, base: str) -> None:
        self.db = db
        self.storage = storage
        self.session = session
        self.base = base
        self.urls = Urls(f"{base}/media", storage)
        self.problem = ""

    async def ready(self) -> str:
        return self.problem

    async def stored(self, visibility: str = "public", content: bytes = CONTENT) -> tuple[int, str]:
        """A file with its row; id and key."""
        async with self.db.transaction() as tx:
            owner = await people.user(tx)
            row = await makers.audio(tx, owner["id"], visibility=visibility)
        async with self.storage.create(row["key"], "audio/mpeg") as writer:
            await writer.write(content)
            await writer.commit()
        return row["id"], row["key"]

    def get(self, url: str, **headers: str) -> "aiohttp.client._RequestContextManager":
        return self.session.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture
async def side(scratch: Database, tmp_path: Path) -> AsyncIterator[Side]:
    storage = LocalStorage(tmp_path / "media")
    metrics = CollectorRegistry()
    Counter("sermons", "for the test", registry=metrics).inc()
    async with aiohttp.ClientSession() as session:
        made = Side(scratch, storage, session, "")
        app = http.make_app(ready=made.ready, metrics=metrics, shelf=Shelf(scratch, storage))
        runner = await http.serve(app, "127.0.0.1", 0)
        made.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        made.urls = Urls(f"{made.base}/media", storage)
        yield made
        await runner.cleanup()
    storage.close()


async def test_a_public_file(side: Side) -> None:
    _, key = await side.stored()
    async with side.get(side.urls.public(key)) as reply:
        assert reply.status == 200
        assert hashlib.sha256(await reply.read()).digest() == hashlib.sha256(CONTENT).digest()
        assert reply.headers["Content-Type"] == "audio/mpeg"
        assert reply.headers["Accept-Ranges"] == "bytes"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in reply.headers["Content-Security-Policy"]
        assert reply.headers["Content-Disposition"] == "inline"
        assert reply.headers["Cache-Control"] == "public, max-age=3600"
        tag, modified = reply.headers["ETag"], reply.headers["Last-Modified"]
    async with side.get(side.urls.public(key), If_None_Match=tag) as reply:
        assert reply.status == 304
    async with side.get(side.urls.public(key), If_Modified_Since=modified) as reply:
        assert reply.status == 304
    async with side.session.head(side.urls.public(key)) as reply:
        assert (reply.status, reply.headers["Content-Length"]) == (200, str(len(CONTENT)))
        assert await reply.read() == b""


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=100-199", 206, 100, 200),
        ("bytes=255000-", 206, 255_000, len(CONTENT)),
        ("bytes=-10", 206, len(CONTENT) - 10, len(CONTENT)),
        ("bytes=0-99999999", 206, 0, len(CONTENT)),
    ],
)
async def test_ranges(side: Side, asked: str, status: int, start: int, end: int) -> None:
    _, key = await side.stored()
    async with side.get(side.urls.public(key), Range=asked) as reply:
        assert reply.status == status
        assert await reply.read() == CONTENT[start:end]
        assert reply.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"


async def test_a_range_beyond_the_end(side: Side) -> None:
    _, key = await side.stored()
    async with side.get(side.urls.public(key), Range="bytes=999999-") as reply:
        assert reply.status == 416
        assert reply.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


async def test_a_private_file_needs_a_signature(side: Side) -> None:
    _, key = await side.stored("private")
    signed = side.urls.private(key)
    async with side.get(signed, Range="bytes=0-3") as reply:
        assert reply.status == 206
        assert reply.headers["Cache-Control"].startswith("private")
    query = {name: values[0] for name, values in parse_qs(urlsplit(signed).query).items()}
    _, other = await side.stored("private")
    wrong = [
        {},
        {"expires": query["expires"]},
        {"signature": query["signature"]},
        {**query, "expires": str(int(query["expires"]) + 1)},
        {**query, "signature": query["signature"][::-1]},
        {**query, "signature": "é"},
        {**query, "expires": "x"},
    ]
    replies = set()
    for params in wrong:
        async with side.session.get(side.urls.public(key), params=params) as reply:
            replies.add((reply.status, await reply.text()))
    async with side.session.get(side.urls.public(other), params=query) as reply:
        replies.add((reply.status, await reply.text()))
    async with side.get(f"{side.base}/media/audio/nobody.mp3") as reply:
        replies.add((reply.status, await reply.text()))
    assert replies == {(404, "404: Not Found")}


async def test_a_signature_works_for_a_quarter_of_an_hour(side: Side) -> None:
    _, key = await side.stored("private")
    signed = side.urls.private(key)
    clock.move(timedelta(minutes=9))
    async with side.get(signed) as reply:
        assert reply.status == 200
    clock.move(timedelta(minutes=6))
    async with side.get(signed) as reply:
        assert reply.status == 404


async def test_a_file_that_is_published_and_withdrawn(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnt_grpc.media.shelf._SECONDS", 0)
    media_id, key = await side.stored("private")
    async with side.db.transaction() as tx:
        await use(tx, media_id, "test", key)
    for act, status in ((publish, 200), (withdraw, 404)):
        async with side.db.transaction() as tx:
            await act(tx, media_id, "test", key)
        async with side.get(side.urls.public(key)) as reply:
            assert reply.status == status


NOT_KEYS = """
    ../../etc/passwd ..%2f..%2fetc/passwd %2e%2e/%2e%2e/etc/passwd .incoming/a.mp3 audio/ audio/a.mp3%00 audio//a.mp3
    /etc/passwd audio/a.mp3/../b.mp3
"""


@pytest.mark.parametrize("path", ["", *NOT_KEYS.split()])
async def test_nothing_but_keys_is_served(side: Side, path: str) -> None:
    async with side.get(f"{side.base}/media/{path}") as reply:
        assert reply.status == 404


async def test_a_row_without_a_file(side: Side) -> None:
    _, key = await side.stored()
    await side.storage.delete(key)
    async with side.get(side.urls.public(key)) as reply:
        assert reply.status == 404


async def test_the_database_is_away(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    _, key = await side.stored()

    async def away(*_: object) -> None:
        raise Unavailable(Reason.DATABASE_UNAVAILABLE)

    monkeypatch.setattr(Shelf, "_row", away)
    async with side.get(side.urls.public(key)) as reply:
        assert reply.status == 503


async def test_health(side: Side) -> None:
    side.problem = "the database cannot be reached"
    async with side.get(f"{side.base}/health") as reply:
        assert (reply.status, await reply.json()) == (200, {"status": "ok"})
    async with side.get(f"{side.base}/readyz") as reply:
        assert (reply.status, (await reply.json())["problem"]) == (503, side.problem)
    side.problem = ""
    async with side.get(f"{side.base}/readyz") as reply:
        assert reply.status == 200


async def test_metrics(side: Side) -> None:
    async with side.get(f"{side.base}/metrics") as reply:
        assert reply.status == 200
        assert "sermons_total 1.0" in await reply.text()
