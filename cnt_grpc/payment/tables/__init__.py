"""Tables of the payment room: the ledger, what is sold and given, codes, payments and bank details."""

from cnt_grpc.payment.tables.creators import payment_accounts, payouts
from cnt_grpc.payment.tables.discounts import discount_codes, discount_redemptions
from cnt_grpc.payment.tables.ledger import ledger_accounts, ledger_entries
from cnt_grpc.payment.tables.memberships import plans, provider_customers, subscriptions
from cnt_grpc.payment.tables.offers import coin_packages, commission_settings, gift_transactions, gifts
from cnt_grpc.payment.tables.payments import bank_details, coin_purchases, donations, payments, refunds
from cnt_grpc.payment.tables.recurring import recurring_donations

__all__ = [
    "bank_details",
    "coin_packages",
    "coin_purchases",
    "commission_settings",
    "discount_codes",
    "discount_redemptions",
    "donations",
    "gift_transactions",
    "gifts",
    "ledger_accounts",
    "ledger_entries",
    "payment_accounts",
    "payments",
    "payouts",
    "plans",
    "provider_customers",
    "recurring_donations",
    "refunds",
    "subscriptions",
]
