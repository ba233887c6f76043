"""Large bodies in: piece by piece, in constant memory, with limits of their own."""

import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from cnt_grpc.edge import EdgeConfig
from tests.edge.edges import Edge, edge

UPLOAD = "/api/v1/edge/uploads/ann"
MIB = 1 << 20


async def pieces(count: int, sha256: "hashlib._Hash | None" = None) -> AsyncIterator[bytes]:
    """`count` MiB of noise."""
    noise = os.urandom(MIB)
    for _ in range(count):
        if sha256:
            sha256.update(noise)
        yield noise


@pytest.mark.parametrize("path", [UPLOAD, f"{UPLOAD}/"])
async def test_bytes_arrive_as_they_were_sent(front: Edge, path: str) -> None:
    sha256 = hashlib.sha256()
    answer = await front.ask("PUT", path, data=pieces(20, sha256), headers={"content-type": "audio/mpeg"})
    assert answer.status == 200, answer
    assert (answer.json["name"], answer.json["content_type"]) == ("ann", "audio/mpeg")
    assert (int(answer.json["size"]), answer.json["sha256"]) == (20 * MIB, sha256.hexdigest())
    # In many messages, of which none is too large for gRPC.
    assert answer.json["pieces"] >= 20


async def test_a_multipart_body_is_handed_on_with_its_boundary(front: Edge) -> None:
    form = aiohttp.FormData()
    form.add_field("file", os.urandom(100_000), filename="a.mp3", content_type="audio/mpeg")
    answer = await front.ask("PUT", UPLOAD, data=form)
    assert answer.json["content_type"].startswith("multipart/form-data; boundary=")
    assert int(answer.json["size"]) > 100_000


async def test_an_empty_body_is_one_message(front: Edge) -> None:
    answer = await front.ask("PUT", UPLOAD)
    assert (answer.json["name"], answer.json["size"], answer.json["pieces"]) == ("ann", "0", 1)


async def test_memory_does_not_grow_with_the_file(config: EdgeConfig) -> None:
    async with edge(config) as front:
        await front.ask("PUT", UPLOAD, data=pieces(1))
        before = _peak_kib(front)
        answer = await front.ask("PUT", UPLOAD, data=pieces(300))
        assert int(answer.json["size"]) == 300 * MIB
        assert _peak_kib(front) - before < 20_000


async def test_an_upload_has_a_limit_too(config: EdgeConfig) -> None:
    async with edge(replace(config, upload_bytes=3 * MIB)) as front:
        assert (await front.ask("PUT", UPLOAD, data=pieces(3))).status == 200
        answer = await front.ask("PUT", UPLOAD, data=b"x" * (3 * MIB + 1))
        assert (answer.status, answer.reason) == (413, "TOO_LARGE")


async def test_the_verb_tells_an_upload_from_its_neighbours(front: Edge) -> None:
    answer = await front.ask("POST", UPLOAD, data=b"x" * 2 * MIB)
    assert (answer.status, answer.reason) == (413, "TOO_LARGE")


async def test_a_webhook_arrives_to_the_byte(front: Edge) -> None:
    # More than a connection's buffer of 32 KiB, and nothing that JSON would leave alone.
    body = b'{ "id" : 1.0, "\\u00fc": "\xc3\xbc" }\r\n' * 10_000
    headers = {"content-type": "application/json", "stripe-signature": "t=1,v1=abc"}
    answer = await front.ask("POST", "/edge-hooks/provider", data=body, headers=headers)
    assert answer.json == {"sha256": hashlib.sha256(body).hexdigest(), "signature": "t=1,v1=abc"}


def _peak_kib(front: Edge) -> int:
    status = Path(f"/proc/{front.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
