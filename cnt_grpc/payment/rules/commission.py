"""The commission: the rule in force, what it takes of an amount, and changing it."""

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import currencies
from cnt_grpc.payment.audited import write_down
from cnt_grpc.payment.queries import commission as queries


async def in_force(tx: Tx) -> Row:
    """The rule in force."""
    row = await tx.one(queries.rule_in_force())
    assert row is not None  # a migration made the first
    return row


async def change(
    tx: Tx,
    caller: Caller,
    *,
    kind: str,
    basis_points: int,
    fixed_minor: int,
    fixed_coins: int,
    is_active: bool,
    minor_per_thousand_coins: int,
    coin_currency: str,
) -> Row:
    """Put another rule in force; what was given before keeps its commission. Raises Invalid for the currency."""
    old = await in_force(tx)
    row = await tx.one(
        queries.insert_rule(),
        kind=kind,
        basis_points=basis_points,
        fixed_minor=fixed_minor,
        fixed_coins=fixed_coins,
        is_active=is_active,
        minor_per_thousand_coins=minor_per_thousand_coins or old["minor_per_thousand_coins"],
        coin_currency=currencies.check(coin_currency, "coin_currency") if coin_currency else old["coin_currency"],
        since=clock.now(),
    )
    assert row is not None
    write_down(tx, caller, "update", "commission", row["id"], before=dict(old), after=dict(row))
    return row


def of_money(rule: Row, amount_minor: int) -> int:
    """What the rule takes of an amount, in its minor units; gifts compute the same in their statement."""
    if not rule["is_active"]:
        return 0
    if rule["kind"] == "fixed":
        return min(int(rule["fixed_minor"]), amount_minor)
    return amount_minor * int(rule["basis_points"]) // 10_000
