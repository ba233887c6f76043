"""A Postgres that a test may kill."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnt_grpc.dev.cluster import PostgresError
from cnt_grpc.dev.postgres import Postgres


class Mortal:
    """A server of its own, durable as in production."""

    def __init__(self, folder: Path) -> None:
        self._server = Postgres(folder / "postgres", durable=True)
        self._server.start()
        self.dsn = self._server.dsn("postgres")

    def kill(self) -> None:
        """As when its machine dies."""
        assert self._server.process is not None
        os.killpg(self._server.process.pid, signal.SIGKILL)
        self._server.process.wait()

    async def revive(self) -> None:
        """Start it again, and return when it takes connections."""
        async with asyncio.timeout(30):
            while True:
                self._server.spawn()
                try:
                    while not self._server.is_ready():
                        await asyncio.sleep(0.01)
                except PostgresError:
                    # Each backend leaves when it notices that the postmaster is dead, which takes a moment.
                    await asyncio.sleep(0.05)
                else:
                    return

    def bury(self) -> None:
        """Stop it for good."""
        self._server.stop()


@contextmanager
def mortal_postgres(folder: Path) -> Iterator[Mortal]:
    """One for a test."""
    server = Mortal(folder)
    try:
        yield server
    finally:
        server.bury()
