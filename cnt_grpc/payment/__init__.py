"""The payment room: money that comes and goes, coins, and what is given for them.

No other room imports it. The plug board builds its services and PaymentJobs from Stripe, PayPal and BankVault, has the
clock start PERIODIC, and calls `seed`; the command line uses Replay and rotate_bank_keys.
"""

from cnt_grpc.kit.db import Tx
from cnt_grpc.payment.bank_vault import BankVault
from cnt_grpc.payment.jobs import PERIODIC, PaymentJobs
from cnt_grpc.payment.paypal import PayPal
from cnt_grpc.payment.privacy import holder
from cnt_grpc.payment.queries.figures import FIGURES
from cnt_grpc.payment.rules import gifts, packages, plans
from cnt_grpc.payment.rules.bank import rotate as rotate_bank_keys
from cnt_grpc.payment.rules.replaying import Replay
from cnt_grpc.payment.service import PaymentService, SubscriptionService, WalletService
from cnt_grpc.payment.stripe_api import Stripe

__all__ = [
    "FIGURES",
    "PERIODIC",
    "BankVault",
    "PayPal",
    "PaymentJobs",
    "PaymentService",
    "Replay",
    "Stripe",
    "SubscriptionService",
    "WalletService",
    "holder",
    "rotate_bank_keys",
    "seed",
]


async def seed(tx: Tx) -> None:
    """Put in the packages, gifts and plans that every installation begins with."""
    await packages.seed(tx)
    await gifts.seed(tx)
    await plans.seed(tx)
