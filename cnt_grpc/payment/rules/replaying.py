"""Asks providers about payments, and books what was missed; or only says what it would book."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.payment import ledger
from cnt_grpc.payment.provider import Seen
from cnt_grpc.payment.queries import payments as queries
from cnt_grpc.payment.rules.paying import Providers, settle_unless_newer

_BATCH: Final = 200


class _OnlyTrying(Exception):
    """Rolls a dry run back."""


@dataclass
class Replay:
    """One run over payments."""

    db: Database
    providers: Providers
    looked_at: int = field(default=0, init=False)
    changed: int = field(default=0, init=False)

    async def since(self, moment: datetime, *, dry: bool) -> AsyncIterator[str]:
        """A line for each payment begun since then that stands otherwise than booked; booked now, unless `dry`."""
        after = 0
        while True:
            async with self.db.reading() as tx:
                rows = await tx.all(queries.payments_after(_BATCH), after=after, since=moment)
            for row in rows:
                if line := await self._one(row["id"], dry=dry):
                    yield line
            if len(rows) < _BATCH:
                return
            after = rows[-1]["id"]

    async def _one(self, payment_id: int, *, dry: bool) -> str:
        self.looked_at += 1
        line = None
        while line is None:
            async with self.db.reading() as tx:
                payment = await tx.one(queries.payment(locked=False), payment_id=payment_id)
            assert payment is not None
            ref = payment["provider_ref"] or payment["checkout_ref"]
            seen = await self.providers.of(payment).read(ref) if ref else None
            if seen is None:
                return ""
            line = await self._tried(payment, seen, dry=dry)
        self.changed += bool(line)
        return line

    async def _tried(self, payment: Row, seen: Seen, *, dry: bool) -> str | None:
        """What it changes; None when somebody else has booked meanwhile what may be newer."""
        line = None
        try:
            async with self.db.transaction() as tx:
                now = await settle_unless_newer(tx, payment=payment, seen=seen)
                if now is None:
                    return None
                line = _difference(tx, payment, now)
                if dry:
                    raise _OnlyTrying
        except _OnlyTrying:
            pass
        return line


def _difference(tx: Tx, before: Row, now: Row) -> str:
    words = [
        f"{name} {before[name] or 'none'} → {now[name]}"
        for name in ("status", "provider_ref", "refunded_minor", "disputed_minor", "fee_minor", "alert")
        if before[name] != now[name]
    ]
    for cause, legs in ledger.moved(tx):
        entries = ", ".join(
            f"{account.kind}{f' of {account.owner_id}' if account.owner_id else ''} {amount:+} {account.currency}"
            for account, amount in legs.items()
        )
        words.append(f"{cause}: {entries}")
    return f"payment {before['id']}: {'; '.join(words)}" if words else ""
