"""The audit: every act of power over others, in a chain of hashes in which one changed, missing or added row shows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.moderation.queries import audit as queries

_BATCH = 1000
"""Rows that `verify` reads at a time."""
_BEFORE_ALL = -(2**63)
"""Not 0: a row that somebody puts before the first one must be seen, too."""


@dataclass(frozen=True, slots=True)
class Act:
    """What someone did by virtue of a role."""

    actor_id: int
    action: str
    """A verb, such as approve."""
    target_kind: str
    target_id: int
    before: Mapping[str, object]
    """What the act changed, as it was; plain JSON values.

    No secrets, and no words of people (but `without_words`): the audit is kept for ever, and outlives them.
    """
    after: Mapping[str, object]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found."""

    rows: int
    """How many rows were found right, from the first on."""
    broken_at: int | None
    """The id at which the chain breaks: that row was changed, removed or added. None: the chain is whole."""


def without_words(values: Mapping[str, object]) -> dict[str, object]:
    """The values with a fingerprint in place of each text: which ones an act changed shows, what they said does not.

    Whoever still has a text can show that it was this one.
    """
    return {name: fingerprint(value) if isinstance(value, str) else value for name, value in values.items()}


def fingerprint(text: str) -> str:
    """What stands for a text in the audit: the first half of its SHA-256."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def record(tx: Tx, act: Act) -> None:
    """Write the act down when the transaction commits, and only then.

    The chain has one end, so that all acts wait for one lock. It is taken at the end, after every row that the act
    changes and before the inboxes of those who are told: in any other order two acts could wait for each other.
    """
    tx.before_commit(partial(_append, act=act, at=clock.now()))


async def _append(tx: Tx, act: Act, at: datetime) -> None:
    head = await tx.one(queries.lock_audit_head())
    assert head is not None  # the statement makes the row when there is none
    row = {
        "id": head["length"] + 1,
        "at": at,
        "actor_id": act.actor_id,
        "action": act.action,
        "target_kind": act.target_kind,
        "target_id": act.target_id,
        "before": _json(act.before),
        "after": _json(act.after),
        "reason": act.reason,
    }
    await tx.run(queries.append_audit(), **row, hash=link(head["hash"], row))


async def verify(tx: Tx) -> Verdict:
    """Walk the whole chain. Run it in a snapshot: acts of the same moment would look like rows too many."""
    checked, last, after = 0, b"", _BEFORE_ALL
    while rows := await tx.all(queries.audit_after(_BATCH), after=after):
        for row in rows:
            if row["id"] != checked + 1 or row["hash"] != link(last, row):
                return Verdict(checked, checked + 1)
            checked, last = row["id"], row["hash"]
        after = checked
    head = await tx.one(queries.audit_head_now())
    length, end = (head["length"], head["hash"]) if head else (0, b"")
    return Verdict(checked, None if (length, end) == (checked, last) else checked + 1)


def link(last: bytes, row: Mapping[str, object] | Row) -> bytes:
    """The hash of a row: SHA-256 over the hash of the row before it and over every column, as one JSON list."""
    at = row["at"]
    assert isinstance(at, datetime)
    names = ("id", "actor_id", "action", "target_kind", "target_id", "before", "after", "reason")
    columns = [row[name] for name in names]
    return hashlib.sha256(last + _json([at.astimezone(UTC).isoformat(), *columns]).encode()).digest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
