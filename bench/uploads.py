"""A large upload: how fast, against the same bytes through a bare stream into a file, and what memory it takes.

The rate is measured at the server itself, from the first byte to the answer, which waits until the worker has looked at
the file. Memory is looked at while the same film comes through Envoy by HTTP.
"""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Final

import aiohttp
import grpc

from bench import sink
from bench.edits import film, large_film
from bench.memory import Peaks, watched
from bench.processes import MACHINE, Process, put_on, running
from bench.report import Promise
from bench.server import HOST
from bench.system import Database, bench
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2

RATE: Final = 0.50
"""Of the bare stream's rate."""
GROWTH: Final = 100_000_000
"""Bytes by which no process may grow, of a film of whatever size."""

_PIECE: Final = 1 << 20
_HEAD: Final = pb2.UploadRequest(piece=bytes(_PIECE)).SerializeToString()[:-_PIECE]
"""What stands before a piece in its message."""
_UPLOAD: Final = "/cnt.media.v1.MediaService/Upload"
_SMALL_SECONDS: Final = 2


def measure(found: Database, *, megabytes: int, rounds: int) -> Iterator[Promise]:
    """Upload a film of that size so many times; half of them into the bare stream."""
    folder = Path(mkdtemp(prefix="cnt-bench-"))
    try:
        large, small = large_film(folder, megabytes)[0], film(folder / "small.mp4", _SMALL_SECONDS)
        with bench(found, processes=1) as here, here.ours() as servers:
            worker = Process([sys.executable, "-m", "bench.worker", found.dsn, str(found.folder)], here.cores.others)
            bare = Process([sys.executable, "-m", "bench.sink", str(folder)], MACHINE)
            # On all cores, both of them: hashing and writing are the work of a second thread.
            put_on(servers.processes[0].pid, MACHINE)
            with running(worker, bare):
                worker.ready()
                [port] = bare.ready()
                token = found.token(0)
                with watched() as before:
                    asyncio.run(_by_http(servers.edge_port, token, small))
                with watched() as meanwhile:
                    asyncio.run(_by_http(servers.edge_port, token, large))
                yield _memory(large, before, meanwhile)
                yield asyncio.run(_rate(servers.ports[0], port, token, large, rounds))
    finally:
        shutil.rmtree(folder)


def _memory(path: Path, before: Peaks, meanwhile: Peaks) -> Promise:
    grown, name = meanwhile.growth(before)
    return Promise(
        f"upload of {path.stat().st_size / 1e6:,.0f} MB through Envoy: memory of the process that grew most",
        f"{grown / 1e6:.0f} MB more than with a small one ({name})",
        f"at most {GROWTH / 1e6:.0f} MB",
        grown <= GROWTH,
    )


async def _rate(ours: int, bare: int, token: str, path: Path, rounds: int) -> Promise:
    size = (await asyncio.to_thread(path.stat)).st_size
    taken = Stream(ours, _UPLOAD, token, pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_VIDEO, size=size))
    sunk = Stream(bare, sink.METHOD)
    seconds = [(await sunk.send(path), await taken.send(path)) for _ in range(rounds)]
    ratio = median(theirs / own for theirs, own in seconds)
    theirs, own = (size / 1e6 / median(each) for each in zip(*seconds, strict=True))
    return Promise(
        f"rate of an upload of {size / 1e6:,.0f} MB by gRPC, hashed, synced and examined, of a bare stream into a file",
        f"{ratio:.2f} ({own:,.0f} MB/s of {theirs:,.0f})",
        f"≥ {RATE:.2f}",
        ratio >= RATE,
    )


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of pieces to a server: bare bytes, or with `start` our messages around them."""

    port: int
    method: str
    token: str = ""
    start: pb2.UploadStart | None = None

    async def send(self, path: Path) -> float:
        """Seconds from the first byte to the answer."""
        async with grpc.aio.insecure_channel(f"{HOST}:{self.port}") as channel:
            call: grpc.aio.StreamUnaryMultiCallable[bytes, bytes] = channel.stream_unary(self.method)
            began = time.perf_counter()
            await call(self._pieces(path), metadata=[("authorization", f"Bearer {self.token}")] if self.token else None)
            return time.perf_counter() - began

    async def _pieces(self, path: Path) -> AsyncIterator[bytes]:
        if self.start is not None:
            yield pb2.UploadRequest(start=self.start).SerializeToString()
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if self.start is None:
                    yield piece
                elif len(piece) == _PIECE:
                    # Made beforehand: the client must not cost more for one than for the other.
                    yield _HEAD + piece
                else:
                    yield pb2.UploadRequest(piece=piece).SerializeToString()


async def _by_http(port: int, token: str, path: Path) -> None:
    headers = {"authorization": f"Bearer {token}", "content-type": "video/mp4"}
    timeout = aiohttp.ClientTimeout(total=None)
    with path.open("rb") as file:
        async with aiohttp.ClientSession(timeout=timeout) as http:
            url = f"http://{HOST}:{port}/api/v1/upload/video"
            async with http.post(url, data=file, headers=headers) as answer:
                if not answer.ok:
                    raise RuntimeError(f"the upload was refused: {await answer.text()}")
