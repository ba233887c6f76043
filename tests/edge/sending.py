"""The ways in which people send a file through the edge: curl, gRPC, pieces over connections that break, a web page."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

import aiohttp
from google.protobuf import json_format

from cnt_grpc.edge import EdgeConfig
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from tests.edge.chromium import Page, browser
from tests.edge.cutting import Cutter, cutting
from tests.edge.edges import Edge, edge
from tests.edge.pages import site
from tests.edge.test_system import Someone
from tests.harness.api import Api
from tests.machine import program

CUTS: Final = 10
PIECE: Final = 256 * 1024
TYPES: Final = {".mp3": "audio/mpeg", ".mp4": "video/mp4"}
PURPOSES: Final = {".mp3": "audio", ".mp4": "video"}


class Way(Protocol):
    """One of them."""

    async def __call__(self, ann: Someone, file: Path) -> Mapping[str, Any]:
        """Send the file as this person's; what the server says of it, as JSON."""
        ...


async def curl_form(ann: Someone, file: Path) -> Mapping[str, Any]:
    """`curl -F file=@sermon.mp3`: a form, as browsers send it."""
    return await _curl(ann, file, "-F", f"file=@{file}")


async def curl_upload(ann: Someone, file: Path) -> Mapping[str, Any]:
    """`curl -T sermon.mp3`: the bytes and nothing else."""
    return await _curl(ann, file, "-X", "POST", "-H", f"content-type: {TYPES[file.suffix]}", "-T", str(file))


async def _curl(ann: Someone, file: Path, *options: str) -> Mapping[str, Any]:
    process = await asyncio.create_subprocess_exec(
        program("curl"),
        *("-sS", "--fail-with-body", "-H", f"authorization: Bearer {ann.token}", *options),
        f"{ann.gate.url}/api/v1/upload/{PURPOSES[file.suffix]}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, (errors, output)
    answer: Mapping[str, Any] = json.loads(output)
    return answer


async def grpc_stream(ann: Someone, file: Path) -> Mapping[str, Any]:
    """A stream of messages, as the phone's client sends it."""

    def requests() -> Any:
        purpose = pb2.MediaPurpose.Value(f"MEDIA_PURPOSE_{PURPOSES[file.suffix].upper()}")
        yield pb2.UploadRequest(start=pb2.UploadStart(purpose=purpose, filename=file.name, size=file.stat().st_size))
        with file.open("rb") as source:
            while piece := source.read(PIECE):
                yield pb2.UploadRequest(piece=piece)

    answer = await Api(ann.gate.channel).as_(ann).media.Upload(requests(), timeout=60)
    found = json_format.MessageToDict(
        answer.media, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return dict(found)


async def pieces_over_a_broken_line(ann: Someone, file: Path) -> Mapping[str, Any]:
    """Pieces of a resumable upload: the connection is cut ten times, and each time it goes on from what has come."""
    data = await asyncio.to_thread(file.read_bytes)
    size = len(data)
    declared = {
        "purpose": f"MEDIA_PURPOSE_{PURPOSES[file.suffix].upper()}",
        "content_type": TYPES[file.suffix],
        "filename": file.name,
        "size": size,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    made = await ann.ask("POST", "/uploads", json=declared)
    path = f"/uploads/{made.json['upload']['upload_id']}"
    # So little passes before each cut that ten of them come before the last byte.
    async with cutting(ann.gate, after=size // (CUTS + 2), times=CUTS) as cutter, aiohttp.ClientSession() as http:
        stood = -1
        async with asyncio.timeout(90):
            while (received := int((await ann.ask("GET", path)).json["upload"]["received"])) < size:
                assert received >= stood, "what has come is kept"
                stood = received
                await _go_on(http, ann, cutter, path=path, data=data, offset=received)
        assert cutter.cuts == CUTS
    media: Mapping[str, Any] = (await ann.ask("POST", f"{path}:complete", json={})).json["media"]
    return media


async def _go_on(
    http: aiohttp.ClientSession, ann: Someone, cutter: Cutter, *, path: str, data: bytes, offset: int
) -> None:
    """Send the rest, until it is there or the line breaks."""

    async def rest() -> AsyncIterator[bytes]:
        for at in range(offset, len(data), PIECE):
            yield data[at : at + PIECE]

    url = f"http://127.0.0.1:{cutter.port}/api/v1{path}?offset={offset}"
    headers = {"authorization": f"Bearer {ann.token}", "content-type": "application/octet-stream"}
    try:
        async with http.put(url, data=rest(), headers=headers) as answer:
            # The call before this one may still be writing what came before its line broke: then look again.
            assert answer.status in {200, 400, 409}, await answer.text()
    except (aiohttp.ClientError, ConnectionError):
        pass


@dataclass(frozen=True)
class InPages:
    """Pages in a browser, each before an edge of its own."""

    whole: EdgeConfig
    bundle: Callable[[], bytes]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[Page, Edge]]:
        """The page of tests/edge/web/upload.ts, and the edge that knows its origin and whose log is its own."""
        async with (
            site(self.bundle()) as origin,
            edge(replace(self.whole, cors_origins=(origin,))) as front,
            browser() as page,
        ):
            await page.open(f"{origin}/")
            yield page, front

    async def send(self, ann: Someone, file: Path) -> Mapping[str, Any]:
        """See Way: somebody picks the file, and a bar shows how far it is."""
        async with self.opened() as (page, front), asyncio.timeout(90):
            await page.choose("input", file)
            # On this machine's own network nobody would see a bar move.
            size = (await asyncio.to_thread(file.stat)).st_size
            await page.slow_down(up=size / 3, down=-1)
            await page.call("upload", f"{front.url}/api/v1/upload/{PURPOSES[file.suffix]}", ann.token)
            seen = [0.0]
            while "answer" not in (now := await page.call("standing")):
                seen += [now["position"]] * (now["position"] != seen[-1])
                await asyncio.sleep(0.05)
            assert seen == sorted(seen)
            assert now["position"] == 1
            assert len(seen) >= 5, "the bar moves"
            assert now["answer"]["status"] == 200, now
            answer: Mapping[str, Any] = now["answer"]["json"]
            return answer


WAYS: Final[Mapping[str, tuple[Way, str]]] = {
    "curl -F": (curl_form, ".mp3"),
    "curl -T": (curl_upload, ".mp4"),
    "gRPC": (grpc_stream, ".mp3"),
    "pieces": (pieces_over_a_broken_line, ".mp3"),
}
"""Each with the kind of file whose whole story is told; the other kind is sent as well."""
