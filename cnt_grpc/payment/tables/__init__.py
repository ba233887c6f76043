"""Tables of the payment room: the ledger, what is sold and given, and codes."""

from cnt_grpc.payment.tables.discounts import discount_codes, discount_redemptions
from cnt_grpc.payment.tables.ledger import ledger_accounts, ledger_entries
from cnt_grpc.payment.tables.offers import coin_packages, commission_settings, gift_transactions, gifts

__all__ = [
    "coin_packages",
    "commission_settings",
    "discount_codes",
    "discount_redemptions",
    "gift_transactions",
    "gifts",
    "ledger_accounts",
    "ledger_entries",
]
