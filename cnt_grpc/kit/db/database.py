"""The database of one process: connections that write, connections that cannot, and one that hears NOTIFY."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Self, TypeVar

from sqlalchemy import Executable, text

from cnt_grpc.kit.db.listener import Listener
from cnt_grpc.kit.db.pool import Pool
from cnt_grpc.kit.db.reading import Reading
from cnt_grpc.kit.db.statements import statement
from cnt_grpc.kit.db.tx import BEGIN, BEGIN_SNAPSHOT, Tx
from cnt_grpc.kit.errors import AppError, Contention

if TYPE_CHECKING:
    from cnt_grpc.kit.events import EventBus

T = TypeVar("T")

RUNS = 3
"""How often `Database.transact` runs work that keeps meeting other transactions."""


class Database:
    """The database of one process: connections that write, and connections that cannot."""

    def __init__(
        self, dsn: str, *, writers: int = 10, readers: int = 10, wait: float = 3.0, statement_seconds: float = 20.0
    ) -> None:
        """Open nothing yet; `open` also looks whether the server answers.

        `writers`, `readers`: most connections of each kind; `wait`: seconds a statement waits for a free one;
        `statement_seconds`: the server's last resort, for a call's own deadline comes first.
        """
        self.dsn = address(dsn)
        self.bus: EventBus | None = None
        """How `events.wake` reaches other processes; set by the program that builds both."""
        self.listener = Listener(self.dsn)
        """Hears NOTIFY once it is started."""
        settings = {**_SETTINGS, "statement_timeout": str(int(statement_seconds * 1000))}
        self.write_pool = Pool(self.dsn, size=writers, wait=wait, settings=settings)
        self.read_pool = Pool(self.dsn, size=readers, wait=wait, settings=settings | _READ_ONLY)

    @classmethod
    async def open(
        cls, dsn: str, *, writers: int = 10, readers: int = 10, wait: float = 3.0, statement_seconds: float = 20.0
    ) -> Self:
        """A database that answers; raises Unavailable when it does not."""
        db = cls(dsn, writers=writers, readers=readers, wait=wait, statement_seconds=statement_seconds)
        await db.ping()
        return db

    def transaction(self) -> Tx:
        """A READ COMMITTED transaction."""
        return Tx(self, self.write_pool, BEGIN)

    def reading(self) -> Tx:
        """Single statements that only read, without BEGIN (which costs a read 8–12 %)."""
        return Reading(self, self.read_pool, "")

    def snapshot(self) -> Tx:
        """Several reads that see one state of the database."""
        return Tx(self, self.read_pool, BEGIN_SNAPSHOT)

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the work in a transaction, and again when others were in its way; for code outside the pipeline.

        A refusal that keeps its writes leaves only after they are committed, as from the pipeline's own transactions.
        """
        for run in range(RUNS):
            try:
                async with self.transaction() as tx:
                    return await _keeping(work, tx)
            except Contention:
                if run == RUNS - 1:
                    raise
                await asyncio.sleep(0.005 * 2**run)
        raise AssertionError  # pragma: no cover

    async def ping(self) -> None:
        """Return when the database answers; raises Unavailable when it does not within the pool's patience."""
        async with self.reading() as tx:
            await tx.value(_ping())

    async def close(self) -> None:
        """Close all connections; those in use, when they come back."""
        await self.listener.close()
        await asyncio.gather(self.write_pool.close(), self.read_pool.close())
        # Transports that were closed hard go in the next turn of the loop, which may be its last.
        await asyncio.sleep(0)


async def _keeping(work: Callable[[Tx], Awaitable[T]], tx: Tx) -> T:
    try:
        return await work(tx)
    except AppError as refusal:
        if refusal.keeps_writes:
            await tx.commit()
        raise


def address(dsn: str) -> str:
    """DATABASE_URL as asyncpg takes it: deployments write `postgres://` and SQLAlchemy's `postgresql+driver://` too."""
    scheme, separator, rest = dsn.partition("://")
    if separator and scheme.split("+")[0] in {"postgres", "postgresql"}:
        return f"postgresql://{rest}"
    return dsn


@statement
def _ping() -> Executable:
    return text("SELECT 1")


_SETTINGS = {
    "application_name": "cnt-grpc",
    "timezone": "UTC",
    # Compiling a plan takes longer than these statements.
    "jit": "off",
    # A join that remembers its last rows makes room for as many as it might meet, which takes twenty times as long as a
    # page of twenty of a million.
    "enable_memoize": "off",
    # Milliseconds.
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "30000",
}
_READ_ONLY = {"application_name": "cnt-grpc read", "default_transaction_read_only": "on"}
