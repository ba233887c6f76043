"""A transaction: begun by its first statement, committed when its block ends, and never left half open."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self, TypeVar

import asyncpg
import structlog
from asyncpg.prepared_stmt import PreparedStatement

from cnt_grpc.kit import tasks
from cnt_grpc.kit.db.pool import Connection, Pool
from cnt_grpc.kit.db.sqlstate import is_stale_statement, is_standby, meaning
from cnt_grpc.kit.db.statements import Statement

if TYPE_CHECKING:
    from cnt_grpc.kit.db.database import Database
    from cnt_grpc.kit.db.pool import Prepared

T = TypeVar("T")
Row = asyncpg.Record
BeforeCommit = Callable[["Tx"], Awaitable[None]]
AfterCommit = Callable[[], Awaitable[None] | None]

BEGIN = "BEGIN"
BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

_log = structlog.get_logger("cnt.db")
_current: ContextVar[tuple["Tx", ...]] = ContextVar("transactions", default=())


def in_transaction() -> bool:
    """Whether this task, or one that started it, holds a transaction open now."""
    return any(tx.is_open for tx in _current.get())


class Tx:
    """A transaction, opened by its first statement; made by `Database` alone, used by one task at a time."""

    __slots__ = (
        "_after",
        "_at_commit",
        "_before",
        "_before_last",
        "_begin",
        "_connection",
        "_failure",
        "_opening",
        "_outer",
        "_over",
        "_pool",
        "db",
        "memo",
        "statements",
    )

    def __init__(self, db: "Database", pool: Pool, begin: str) -> None:
        self.db = db
        self.statements = 0
        """How many statements were run: no number of them may grow with the rows of a page."""
        self.memo: dict[object, Any] = {}
        """What others gather while the transaction runs, each under a key of its own, to write before its commit."""
        self._pool = pool
        self._begin = begin
        self._connection: Connection | None = None
        self._before: list[BeforeCommit] = []
        self._before_last: list[BeforeCommit] = []
        self._after: list[AfterCommit] = []
        self._at_commit: list[str] = []
        self._failure: BaseException | None = None
        self._opening = False
        self._over = False
        self._outer: tuple[Tx, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it holds a connection, and locks, right now."""
        return self._connection is not None

    # -- statements ---------------------------------------------------------------------------------------------------

    async def one(self, statement: Statement, /, **params: object) -> Row | None:
        """The first row, or None."""
        return await self._run(statement, PreparedStatement.fetchrow, statement.arguments(params))

    async def all(self, statement: Statement, /, **params: object) -> list[Row]:
        """All rows."""
        return await self._run(statement, PreparedStatement.fetch, statement.arguments(params))

    async def value(self, statement: Statement, /, **params: object) -> Any:  # noqa: ANN401
        """The first column of the first row, or None."""
        return await self._run(statement, PreparedStatement.fetchval, statement.arguments(params))

    async def run(self, statement: Statement, /, **params: object) -> int:
        """Run it for its effect; how many rows it touched."""
        return await self._run(statement, _affected, statement.arguments(params))

    async def many(self, statement: Statement, rows: Iterable[Mapping[str, object]], /) -> None:
        """Run it once for each set of parameters, in one go."""
        arguments = [statement.arguments(row) for row in rows]
        if arguments:
            await self._run(statement, PreparedStatement.executemany, [arguments])

    async def raw(self, sql: str, *arguments: object) -> list[Row]:
        """Rows of SQL text that is not ours (PgQueuer's); for the kit alone."""
        connection = await self._opened()
        self.statements += 1
        try:
            return await connection.raw.fetch(sql, *arguments)
        except BaseException as error:
            self._fail(error, connection)
            raise

    async def begin_with(self, sql: str) -> str:
        """Run this as its first statement, in one round trip with BEGIN; its status. Values come from `literals.py`."""
        if self._connection is not None:
            raise RuntimeError("the transaction has begun")
        self.statements += 1
        _, status = await self._open(f"{self._begin}; {sql}")
        return status

    # -- its end ------------------------------------------------------------------------------------------------------

    def at_commit(self, sql: str) -> None:
        """Run this as one of its last statements, in one round trip with COMMIT. Values come from `literals.py`."""
        if self._begin is not BEGIN or self._over:
            raise RuntimeError("only a running transaction that may write has a commit")
        self.statements += 1
        self._at_commit.append(sql)

    def before_commit(self, callback: BeforeCommit, *, last: bool = False) -> None:
        """Await the callback with this transaction as one of its last deeds, once; in the order of registration.

        `last`: after all that are not, whenever those were registered; for what takes a lock that all wait for.
        """
        if self._begin is not BEGIN or self._over:
            raise RuntimeError("only a running transaction that may write has a commit")
        (self._before_last if last else self._before).append(callback)

    def after_commit(self, callback: AfterCommit) -> None:
        """Call the callback when everything is committed, and never otherwise; what it raises is only logged."""
        if self._begin is not BEGIN or self._over:
            raise RuntimeError("only a running transaction that may write has a commit")
        self._after.append(callback)

    async def commit(self) -> None:
        """Commit now; for the pipeline alone. A block that ends without an error commits by itself."""
        if self._over:
            return
        try:
            while callbacks := self._before or self._before_last:
                await callbacks.pop(0)(self)
            if self._failure is not None:
                # COMMIT would answer ROLLBACK and look like a success.
                raise RuntimeError(
                    "a failed statement was passed over: its transaction cannot be kept"
                ) from self._failure
        except BaseException as error:
            await self._rollback(error)
            raise
        last = "; ".join([*self._at_commit, "COMMIT"])
        if self._at_commit and self._connection is None:
            try:
                self._connection = await self._pool.acquire()
            except BaseException as error:
                self._over = True
                self._fail(error)
                raise
            last = f"{self._begin}; {last}"
        self._over = True
        connection, self._connection = self._connection, None
        if not self._after:
            if connection is not None:
                await self._send_commit(connection, last)
            return
        # Once COMMIT is on its way the callbacks must follow it, even when the caller is cancelled meanwhile.
        await asyncio.shield(tasks.shared(self._commit_and_tell(connection, last)))

    async def __aenter__(self) -> Self:
        self._outer = _current.get()
        _current.set((*self._outer, self))
        return self

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        _current.set(self._outer)
        if error is None:
            await self.commit()
        elif not self._over:
            await self._rollback(error)

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _run(
        self, statement: Statement, operation: Callable[..., Awaitable[T]], arguments: Sequence[object]
    ) -> T:
        connection = self._connection
        if connection is None:
            connection = await self._opened()
        self.statements += 1
        try:
            prepared = connection.known(statement) or await connection.prepare(statement)
            return await operation(prepared, *arguments)
        except BaseException as error:
            self._fail(error, connection)
            raise

    def _fail(self, error: BaseException, connection: Connection | None = None) -> None:
        """Note the failure, and raise what it means; return when it means itself."""
        self._failure = error
        writes = self._begin is BEGIN
        if connection is not None and is_stale_statement(error):
            connection.forget_statements()
        if connection is not None and writes and is_standby(error):
            # A new connection finds the new primary; this one would refuse for ever.
            connection.raw.terminate()
        found = meaning(error, writes=writes)
        if found is not error:
            raise found from error

    async def _opened(self) -> Connection:
        return self._connection or (await self._open(self._begin))[0]

    async def _open(self, begin: str) -> tuple[Connection, str]:
        if self._over or self._opening:
            raise RuntimeError("the transaction is over" if self._over else "one statement at a time")
        self._opening = True
        connection = None
        try:
            connection = await self._pool.acquire()
            status = await connection.raw.execute(begin)
            if self._over:
                # A sibling task ended the block meanwhile, and nobody would give the connection back.
                raise RuntimeError("the transaction is over")
        except BaseException as error:
            self._give_up(connection, error)
            raise
        finally:
            self._opening = False
        self._connection = connection
        return connection, status

    def _give_up(self, connection: Connection | None, error: BaseException) -> None:
        """Let go of a connection in the middle of something, and raise what the error means, if not itself."""
        if connection is not None:
            if is_standby(error):
                connection.raw.terminate()
            self._pool.discard(connection)
        self._fail(error)

    async def _rollback(self, error: BaseException) -> None:
        self._over = True
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if isinstance(error, asyncio.CancelledError) or connection.raw.is_closed():
            # Someone who was cancelled must not wait for the server.
            self._pool.discard(connection)
            return
        try:
            await connection.raw.execute("ROLLBACK")
        except asyncio.CancelledError:
            self._pool.discard(connection)
            raise
        except Exception:  # noqa: BLE001  (the error that ends the block matters, not this one)
            self._pool.discard(connection)
        else:
            self._pool.release(connection)

    async def _send_commit(self, connection: Connection, last: str) -> None:
        try:
            status = await connection.raw.execute(last)
        except BaseException as error:
            self._give_up(connection, error)
            raise
        self._pool.release(connection)
        if status != "COMMIT":
            raise RuntimeError("Postgres rolled the transaction back at its commit")

    async def _commit_and_tell(self, connection: Connection | None, last: str) -> None:
        if connection is not None:
            await self._send_commit(connection, last)
        for callback in self._after:
            try:
                result = callback()
                if result is not None:
                    await result
            except Exception:  # noqa: BLE001  (it is committed: the caller has succeeded)
                _log.exception("after commit")


async def _affected(prepared: "Prepared", *arguments: object) -> int:
    await prepared.fetch(*arguments)
    count = (prepared.get_statusmsg() or "").rpartition(" ")[2]
    return int(count) if count.isdigit() else 0
