"""A mutation with a request id happens once: its answer is kept in the same transaction as its effect."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from google.protobuf import message
from google.rpc import status_pb2
from sqlalchemy import BindParameter, ColumnElement, Executable, and_, bindparam, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.db import Tx, statement
from cnt_grpc.kit.db.literals import literal
from cnt_grpc.kit.db.tables import idempotency_keys as keys
from cnt_grpc.kit.errors import Changed, Conflict
from cnt_grpc.pb.cnt.common.v1.reason import Reason

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=30)
"""How long a call that holds no transaction may leave its id claimed without an answer; above any unary deadline."""

_REPLY, _REFUSAL = b"\x00", b"\x01"


@dataclass(frozen=True, slots=True)
class Key:
    """What makes two calls the same: who calls what under which id; and the body that must then be equal."""

    caller: str
    method: str
    request_id: UUID
    body_hash: bytes
    kept_for_ever: bool

    @classmethod
    def of(
        cls, caller_id: int, method: str, request_id: str, request: message.Message, *, kept_for_ever: bool
    ) -> "Key":
        """The key of a call; anonymous callers share a scope, where only the id tells them apart."""
        body = request.SerializeToString(deterministic=True)
        return cls(str(caller_id), method, UUID(request_id), hashlib.sha256(body).digest(), kept_for_ever)

    @property
    def _bound_to(self) -> bytes:
        # A stored answer may hold tokens: it opens only for the call that it answered.
        return f"{self.caller}/{self.method}/{self.request_id}".encode()

    def seal(self, answer: bytes | status_pb2.Status) -> bytes:
        """The answer as it is stored."""
        plain = _REPLY + answer if isinstance(answer, bytes) else _REFUSAL + answer.SerializeToString()
        return seal.seal("idempotency", plain, self._bound_to)

    def unseal(self, stored: bytes) -> bytes | status_pb2.Status | None:
        """The stored answer; None when SECRET_KEY has changed since."""
        plain = seal.unseal("idempotency", stored, self._bound_to)
        if plain is None:
            return None
        return plain[1:] if plain[:1] == _REPLY else status_pb2.Status.FromString(plain[1:])


class Twins:
    """Lets calls with the same id wait for one another in memory, so that they do not hold a connection each."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, str, UUID], asyncio.Lock] = WeakValueDictionary()

    def lock(self, key: Key) -> asyncio.Lock:
        """One lock for all calls of this process with this id."""
        return self._locks.setdefault((key.caller, key.method, key.request_id), asyncio.Lock())


async def claim(tx: Tx, key: Key) -> bytes | status_pb2.Status | None:
    """Take the id for this call, or find the answer that another call under it got.

    A twin that has not committed yet is waited for: its row is locked. Raises Conflict when the id came with another
    body, and Changed while a call without a transaction still works on it.
    """
    now = clock.now()
    values = (key.caller, key.method, key.request_id, key.body_hash, now, _expiry(key))
    if await tx.begin_with(f"{_CLAIM} ({', '.join(map(literal, values))}) ON CONFLICT DO NOTHING") == "INSERT 0 1":
        return None
    row = await tx.one(_held(), **_scope(key))
    if row is None:
        # It was purged between the two statements.
        raise Changed(Reason.REQUEST_IN_PROGRESS)
    if row["body_hash"] != key.body_hash:
        raise Conflict(Reason.REQUEST_ID_REUSED)
    answer = key.unseal(row["answer"]) if row["answer"] is not None else None
    if answer is not None:
        return answer
    if row["answer"] is None and await tx.value(_take_over(), **_scope(key), before=now - LEASE, created_at=now):
        return None
    raise Changed(Reason.REQUEST_IN_PROGRESS)


async def settle(tx: Tx, key: Key, answer: bytes | status_pb2.Status) -> None:
    """Keep the answer of the call that claimed the id in this transaction or an earlier one."""
    scope = " AND ".join(f"{name} = {literal(value)}" for name, value in _scope(key).items())
    tx.at_commit(f"UPDATE {keys.name} SET answer = {literal(key.seal(answer))} WHERE {scope}")  # noqa: S608


async def refuse(tx: Tx, key: Key, refusal: status_pb2.Status) -> None:
    """Keep a refusal whose call was rolled back, claim and all; a twin that came first wins."""
    values = {**_scope(key), "body_hash": key.body_hash, "created_at": clock.now(), "expires_at": _expiry(key)}
    await tx.run(_refuse(), **values, answer=key.seal(refusal))


async def release(tx: Tx, key: Key) -> None:
    """Give the id back after a failure that a retry may overcome."""
    await tx.run(_release(), **_scope(key))


def _expiry(key: Key) -> datetime | None:
    return None if key.kept_for_ever else clock.now() + KEPT


def _scope(key: Key) -> dict[str, str | UUID]:
    return {"caller": key.caller, "method": key.method, "request_id": key.request_id}


def _this() -> ColumnElement[bool]:
    return and_(
        keys.c.caller == bindparam("caller"),
        keys.c.method == bindparam("method"),
        keys.c.request_id == bindparam("request_id"),
    )


_COLUMNS = ("caller", "method", "request_id", "body_hash", "created_at", "expires_at")

_CLAIM = f"INSERT INTO {keys.name} ({', '.join(_COLUMNS)}) VALUES"


def _bound(*names: str) -> dict[str, BindParameter[object]]:
    return {name: bindparam(name) for name in names}


@statement
def _refuse() -> Executable:
    return insert(keys).values(_bound(*_COLUMNS, "answer")).on_conflict_do_nothing()


@statement
def _held() -> Executable:
    return select(keys.c.body_hash, keys.c.answer).where(_this())


@statement
def _take_over() -> Executable:
    """A claim without an answer whose call must be dead by now: whoever moves the time has it."""
    return (
        update(keys)
        .where(_this(), keys.c.answer.is_(None), keys.c.created_at < bindparam("before"))
        .values(created_at=bindparam("created_at"))
        .returning(keys.c.created_at)
    )


@statement
def _release() -> Executable:
    return delete(keys).where(_this(), keys.c.answer.is_(None))


@statement
def purge(limit: int) -> Executable:
    """Drop some answers past their time (`now`); those of money have none."""
    columns = (keys.c.caller, keys.c.method, keys.c.request_id)
    old = select(*columns).where(keys.c.expires_at < bindparam("now")).limit(limit)
    return delete(keys).where(tuple_(*columns).in_(old))
