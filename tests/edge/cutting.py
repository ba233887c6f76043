"""A connection that breaks: a small proxy before the edge that cuts the first few of them in the middle of a body."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.edge.edges import Edge
from tests.harness.running import HOST

PIECE = 64 * 1024


@dataclass
class Cutter:
    """Passes bytes on, and cuts connections once they have carried so many to the edge, until it has cut enough."""

    target: int
    after: int
    cuts_left: int
    cuts: int = 0
    port: int = 0
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways."""
        there, back = await asyncio.open_connection(HOST, self.target)
        down = asyncio.create_task(_pass_on(there, writer))
        self._tasks.add(down)
        down.add_done_callback(self._tasks.discard)
        carried = 0
        try:
            while piece := await reader.read(PIECE):
                carried += len(piece)
                if self.cuts_left and carried > self.after:
                    self.cuts_left -= 1
                    self.cuts += 1
                    break
                back.write(piece)
                await back.drain()
        except ConnectionError:
            pass
        finally:
            # Not closed in good order: the kernel tells both sides that the connection is gone.
            for each in (writer, back):
                each.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()


@asynccontextmanager
async def cutting(front: Edge, *, after: int, times: int) -> AsyncIterator[Cutter]:
    """Before this edge: so many connections are cut, each after so many bytes."""
    cutter = Cutter(front.port, after, times)
    server = await asyncio.start_server(cutter.carry, HOST, 0)
    cutter.port = server.sockets[0].getsockname()[1]
    yield cutter
    server.close()
