"""A real Postgres for each test process, migrated once into a template, and cloned in a tenth of a second."""

import asyncio
import itertools
from pathlib import Path

import asyncpg

from cnt_grpc import migrate
from cnt_grpc.dev.postgres import Postgres

TEMPLATE = "cnt_template"


class Cluster:
    """One server with a migrated template."""

    def __init__(self, folder: Path) -> None:
        # What a test process writes may be lost when the machine dies; fsync would only slow it down.
        self.postgres = Postgres(folder / "postgres", durable=False)
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Start the server and make the template."""
        self.postgres.start()
        asyncio.run(self._make_template())

    def stop(self) -> None:
        """Stop the server; its folder goes with the test session."""
        self.postgres.stop()

    async def clone(self) -> str:
        """A new migrated database, and its address."""
        name = f"test_{next(self._numbers)}"
        connection = await asyncpg.connect(self.postgres.dsn("postgres"))
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        finally:
            await connection.close()
        return self.postgres.dsn(name)

    async def _make_template(self) -> None:
        await self.postgres.ensure_database(TEMPLATE)
        await migrate.upgrade(self.postgres.dsn(TEMPLATE))
