"""The one way to the database: short transactions and read-only connections that run compiled statements on asyncpg.

    async with db.transaction() as tx:
        row = await tx.one(user_by_email(), email=email)

A transaction begins with its first statement and is committed when the block ends; nobody else commits. `db.reading()`
runs each statement by itself on a connection that cannot write, and `db.snapshot()` several that must agree.
Errors come as refusals (a constraint with `violation`), Contention (run the whole thing again), Unavailable, or as they
are: then they are defects.
"""

from cnt_grpc.kit.db.database import Database, address
from cnt_grpc.kit.db.statements import Statement, among, statement
from cnt_grpc.kit.db.tx import Row, Tx, in_transaction

__all__ = ["Database", "Row", "Statement", "Tx", "address", "among", "in_transaction", "statement"]
