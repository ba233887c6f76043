"""Bytes on a connection, for what no client library would send."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.edge.edges import Edge

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, CONTINUATION = 0, 1, 3, 4, 6, 7, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
CANCEL = 8


async def exchange(front: Edge, request: bytes, seconds: float = 10) -> bytes:
    """Send this and hang up one's own side; everything that comes back until the edge hangs up, or time is up."""
    async with connection(front) as wire:
        wire.writer.write(request)
        return await wire.rest(seconds)


@dataclass
class Wire:
    """An open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    seen: list[tuple[int, int, int, bytes]] = field(default_factory=list)
    """HTTP/2 frames that came: type, flags, stream and payload."""

    async def rest(self, seconds: float) -> bytes:
        """What comes until the other side hangs up or time is up."""
        found = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(seconds):
                while piece := await self.reader.read(65_536):
                    found += piece
        return found

    async def closes(self, seconds: float) -> bool:
        """Whether the other side hangs up within so many seconds."""
        with contextlib.suppress(ConnectionError):
            try:
                async with asyncio.timeout(seconds):
                    while await self.reader.read(65_536):
                        pass
            except TimeoutError:
                return False
        return True

    async def frames(self, seconds: float) -> AsyncGenerator[tuple[int, int, int, bytes]]:
        """HTTP/2 frames until the other side hangs up or time is up."""
        with contextlib.suppress(TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            async with asyncio.timeout(seconds):
                while True:
                    head = await self.reader.readexactly(9)
                    length = int.from_bytes(head[:3], "big")
                    number = struct.unpack(">I", head[5:])[0] & 0x7FFFFFFF
                    yield head[3], head[4], number, await self.reader.readexactly(length)


@asynccontextmanager
async def connection(front: Edge) -> AsyncIterator[Wire]:
    """A connection to the edge."""
    reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """A frame of HTTP/2."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def block(headers: Iterable[tuple[str, str]]) -> bytes:
    """A header block in HPACK's plainest form: literals, never indexed."""
    found = b""
    for name, value in headers:
        found += b"\x10" + _text(name.encode()) + _text(value.encode())
    return found


def _text(data: bytes) -> bytes:
    size = len(data)
    if size < 127:
        return bytes([size]) + data
    size -= 127
    prefix = b"\x7f"
    while size >= 128:
        prefix += bytes([size % 128 + 128])
        size //= 128
    return prefix + bytes([size]) + data


def get(path: str, *others: tuple[str, str], verb: str = "GET") -> list[tuple[str, str]]:
    """The headers of a request."""
    return [(":method", verb), (":scheme", "http"), (":authority", "edge"), (":path", path), *others]
