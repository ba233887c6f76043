"""Answers the services of the payment room: request, rules, message; a file for each noun."""

from cnt_grpc.payment.service.bank import Bank
from cnt_grpc.payment.service.coins import Coins
from cnt_grpc.payment.service.commission import Commission
from cnt_grpc.payment.service.discounts import Discounts
from cnt_grpc.payment.service.donations import Donations
from cnt_grpc.payment.service.gifts import Gifts
from cnt_grpc.payment.service.memberships import Memberships
from cnt_grpc.payment.service.payouts import Payouts
from cnt_grpc.payment.service.purchases import Purchases
from cnt_grpc.payment.service.recurring import Recurring
from cnt_grpc.payment.service.refunds import Refunds
from cnt_grpc.payment.service.webhooks import Webhooks
from cnt_grpc.pb.cnt.payment.v1 import payment_service, subscription_service, wallet_service


class WalletService(Coins, Purchases, Gifts, Discounts, wallet_service.Servicer):
    """Coins: the wallet, what can be bought, and what can be given."""


class PaymentService(Donations, Recurring, Refunds, Payouts, Webhooks, Bank, Commission, payment_service.Servicer):
    """Money that comes and goes."""


class SubscriptionService(Memberships, subscription_service.Servicer):
    """Memberships, paid month by month or year by year."""
