"""What is in a wallet."""

from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import ledger


async def coins(tx: Tx, caller: Caller) -> tuple[int, int]:
    """The caller's coins, and those that they owe."""
    found = await ledger.balances(tx, caller.user_id)
    wallet = ledger.wallet(caller.user_id)
    return found.get(wallet, 0), -found.get(ledger.debt(caller.user_id, ledger.COIN), 0)
