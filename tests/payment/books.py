"""What must hold of the books whatever has happened: the standing check of money."""

from cnt_grpc.kit.db import Database

_UNBALANCED = "SELECT currency, sum(amount) FROM ledger_entries GROUP BY currency HAVING sum(amount) <> 0"
_UNBALANCED_CAUSES = """
SELECT cause, currency FROM ledger_entries GROUP BY cause, currency HAVING sum(amount) <> 0
"""
_WRONG_BALANCES = """
SELECT id, kind, balance FROM ledger_accounts AS account
WHERE balance IS NOT NULL
  AND balance <> (SELECT coalesce(sum(amount), 0) FROM ledger_entries WHERE account_id = account.id)
"""
_NEGATIVE = "SELECT id, kind, balance FROM ledger_accounts WHERE kind IN ('wallet', 'earnings') AND balance < 0"
_GIFTS_WITHOUT_ENTRIES = """
SELECT id FROM gift_transactions AS gift WHERE coins <> coalesce((
    SELECT -sum(amount) FROM ledger_entries AS entry
    WHERE cause = 'gift:' || gift.id AND owner_id = gift.sender_id), 0)
"""


async def wrong(db: Database) -> dict[str, list[dict[str, object]]]:
    """All that is wrong; empty when the books are right."""
    found = {}
    async with db.snapshot() as tx:
        for name, sql in (
            ("sums of currencies", _UNBALANCED),
            ("sums of causes", _UNBALANCED_CAUSES),
            ("balances", _WRONG_BALANCES),
            ("negative accounts", _NEGATIVE),
            ("gifts", _GIFTS_WITHOUT_ENTRIES),
        ):
            if rows := await tx.raw(sql):
                found[name] = [dict(row) for row in rows[:5]]
    return found


async def balance(db: Database, user_id: int, kind: str = "wallet", currency: str = "COIN") -> int:
    """What stands in one account of a person."""
    sql = "SELECT balance FROM ledger_accounts WHERE owner_id = $1 AND kind = $2 AND currency = $3"
    async with db.transaction() as tx:
        rows = await tx.raw(sql, user_id, kind, currency)
    return int(rows[0]["balance"]) if rows else 0
