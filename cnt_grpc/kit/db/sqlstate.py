"""What an error of Postgres or of the way to it means: a refusal, a rerun, an outage, or a defect of ours."""

from functools import lru_cache

import asyncpg

from cnt_grpc.kit.db import tables
from cnt_grpc.kit.db.tables import Refusal
from cnt_grpc.kit.errors import Contention, Invalid, Unavailable
from cnt_grpc.pb.cnt.common.v1.reason import Reason

# Codes of https://www.postgresql.org/docs/current/errcodes-appendix.html
_CONSTRAINT = "23"
_RERUN = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available: lock_timeout
}
_OUTAGE = {
    "57P01",  # admin_shutdown
    "57P02",  # crash_shutdown
    "57P03",  # cannot_connect_now: starting up, or in recovery
    "57P05",  # idle_session_timeout
    "57014",  # query_canceled: statement_timeout
    "25P03",  # idle_in_transaction_session_timeout
}
_OUTAGE_CLASSES = (
    "08",  # connection exceptions
    "53",  # too many connections, no memory, disk full
    "28",  # the password was changed under us
    "3D",  # the database is away
    "58",  # I/O errors
)
_UNREPRESENTABLE = {
    "22021",  # character_not_in_repertoire: a NUL byte in a text
    "22P05",  # untranslatable_character
}


def meaning(error: BaseException, *, writes: bool = True) -> BaseException:
    """The error to raise instead; the same one when it is a defect, or nothing of ours.

    `writes`: the statement ran where writing is allowed; then "read-only" means that the primary has become a standby.
    """
    if is_stale_statement(error):
        return Contention("stale statement")
    if isinstance(error, asyncpg.PostgresError):
        return _of_postgres(error, writes=writes)
    if isinstance(error, (OSError, TimeoutError)):
        # TimeoutError is asyncpg's, for opening a connection; the call's own deadline comes as a cancellation.
        return Unavailable(Reason.DATABASE_UNAVAILABLE)
    if isinstance(error, asyncpg.InternalClientError):
        # Last words of a dying server that came while the connection was idle: it is not closed yet, and useless.
        return Unavailable(Reason.DATABASE_UNAVAILABLE)
    if isinstance(error, asyncpg.InterfaceError) and "closed" in str(error):
        # asyncpg has no class of its own for a connection that went away before the statement was sent.
        return Unavailable(Reason.DATABASE_UNAVAILABLE)
    return error


def is_stale_statement(error: BaseException) -> bool:
    """Whether the statement must be prepared anew: a migration came by, or the server forgot it."""
    return isinstance(
        error,
        (
            asyncpg.InvalidCachedStatementError,
            asyncpg.InvalidSQLStatementNameError,
            asyncpg.OutdatedSchemaCacheError,
        ),
    )


def is_standby(error: BaseException) -> bool:
    """Whether the server refuses to write; on a connection for writing that means that another one is primary now."""
    return isinstance(error, asyncpg.ReadOnlySQLTransactionError)


def _of_postgres(error: asyncpg.PostgresError, *, writes: bool) -> BaseException:
    code: str = error.sqlstate or ""
    if code.startswith(_CONSTRAINT):
        refusal = _refusals().get((error.table_name or "", error.constraint_name or ""))
        return refusal.error() if refusal is not None else error
    if code in _RERUN:
        return Contention(code)
    if code in _OUTAGE or code.startswith(_OUTAGE_CLASSES) or (writes and is_standby(error)):
        return Unavailable(Reason.DATABASE_UNAVAILABLE)
    if code in _UNREPRESENTABLE:
        return Invalid(Reason.INVALID, "a text contains a character that cannot be stored")
    return error


@lru_cache(maxsize=1)
def _refusals() -> dict[tuple[str, str], Refusal]:
    # Walked at the first violation: by then every room has brought its tables.
    return tables.refusals()
