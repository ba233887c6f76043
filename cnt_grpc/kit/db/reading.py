"""Reading without a transaction: each statement by itself, on a connection that cannot write."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Self, TypeVar

from cnt_grpc.kit.db.pool import Connection
from cnt_grpc.kit.db.statements import Statement
from cnt_grpc.kit.db.tx import Tx
from cnt_grpc.kit.errors import Contention

T = TypeVar("T")


class Reading(Tx):
    """Statements by themselves, on a connection that is held only while one of them runs."""

    __slots__ = ()

    async def _run(
        self, statement: Statement, operation: Callable[..., Awaitable[T]], arguments: Sequence[object]
    ) -> T:
        self.statements += 1
        try:
            return await self._run_once(statement, operation, arguments)
        except Contention:
            # Nothing was read yet, so this is as good as the first time.
            return await self._run_once(statement, operation, arguments)

    async def _run_once(
        self, statement: Statement, operation: Callable[..., Awaitable[T]], arguments: Sequence[object]
    ) -> T:
        try:
            connection = self._pool.take() or await self._pool.acquire()
        except BaseException as error:
            self._fail(error)
            raise
        try:
            prepared = connection.known(statement) or await connection.prepare(statement)
            result = await operation(prepared, *arguments)
        except BaseException as error:
            self._pool.discard(connection)
            self._fail(error, connection)
            raise
        self._pool.release(connection)
        return result

    async def _opened(self) -> Connection:
        raise RuntimeError("reading holds no connection")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over = True

    async def commit(self) -> None:
        """Nothing was written."""
