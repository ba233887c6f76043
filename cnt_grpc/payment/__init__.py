"""The payment room: money that comes and goes, coins, and what is given for them.

No other room imports it. The plug board builds its services, and calls `seed`.
"""

from cnt_grpc.kit.db import Tx
from cnt_grpc.payment.privacy import HOLDER
from cnt_grpc.payment.rules import gifts, packages
from cnt_grpc.payment.service import PaymentService, WalletService

__all__ = ["HOLDER", "PaymentService", "WalletService", "seed"]


async def seed(tx: Tx) -> None:
    """Put in the packages and gifts that every installation begins with."""
    await packages.seed(tx)
    await gifts.seed(tx)
