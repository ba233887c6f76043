"""The database's schema: brought up to date by Alembic's migrations, and compared with what this program needs."""

import asyncio
import importlib
import pkgutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import asyncpg
import structlog
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import cnt_grpc
from cnt_grpc.kit.db import address
from cnt_grpc.kit.db.tables import metadata

FOLDER = Path(__file__).parents[1] / "migrations"

WAIT_SECONDS = 600.0
"""How long one migrator waits for another."""

LOCK_TIMEOUT = "3s"
"""A migration that waits for a table makes everyone behind it wait too: better to let them pass, and try again."""

STATEMENT_TIMEOUT = "15min"
LOCK_ATTEMPTS = 10

_LOCK_KEY = 0x636E74  # "cnt": any number, the same for all migrators
_LOCK_NOT_AVAILABLE = "55P03"

T = TypeVar("T")
_log = structlog.get_logger("cnt.migrate")


def head() -> str:
    """The newest revision that this program knows."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise RuntimeError(f"no migrations in {FOLDER}")
    return found


async def current(dsn: str) -> str | None:
    """The database's revision; None for one that was never migrated."""
    connection = await asyncpg.connect(address(dsn))
    try:
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return found


async def is_current(dsn: str) -> bool:
    """Whether the schema is as new as this program. A newer one is: migrations run before the old version stops."""
    found = await current(dsn)
    if found is None:
        return False
    return found == head() or not _is_known(found)


async def upgrade(dsn: str, revision: str = "head") -> None:
    """Run the migrations that the database lacks, each in its own transaction; waits while another migrator works."""
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        try:
            await on_connection(dsn, lambda connection: _upgrade(connection, revision))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE or attempt == LOCK_ATTEMPTS:
                raise
            _log.warning("a table is in use; trying again", attempt=attempt)
        else:
            return
        await asyncio.sleep(1)


async def drift(dsn: str) -> list[str]:
    """How the migrated schema differs from the tables in the code; nothing, when every change has its migration."""
    return await on_connection(dsn, _drift)


def load_tables() -> None:
    """Import the tables of every room, so that `metadata` is complete."""
    for module in pkgutil.iter_modules(cnt_grpc.__path__):
        if module.ispkg and find_spec(f"cnt_grpc.{module.name}.tables") is not None:
            importlib.import_module(f"cnt_grpc.{module.name}.tables")


async def on_connection(dsn: str, work: Callable[[Connection], T]) -> T:
    """Do something that needs SQLAlchemy's own connection, alone among all migrators."""
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(address(dsn)), poolclass=NullPool
    )
    try:
        async with asyncio.timeout(WAIT_SECONDS), engine.connect() as connection:
            # A lock of the session, not of a transaction: each migration has its own transaction.
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK_KEY})
            await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            await connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
            await connection.commit()
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _drift(connection: Connection) -> list[str]:
    load_tables()
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return [repr(difference) for difference in compare_metadata(context, metadata)]


def _is_known(revision: str) -> bool:
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except CommandError:
        return False


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config


if __name__ == "__main__":
    # `python -m cnt_grpc.migrate postgresql://…`, for those who have no settings.
    asyncio.run(upgrade(sys.argv[1]))
