"""What the parts of the payment room's servicers have in common."""

from dataclasses import dataclass

from cnt_grpc.payment.bank_vault import BankVault
from cnt_grpc.payment.paypal import PayPal
from cnt_grpc.payment.rules.paying import Providers
from cnt_grpc.payment.stripe_accounts import StripeAccounts
from cnt_grpc.payment.stripe_api import Stripe
from cnt_grpc.payment.stripe_billing import StripeBilling


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a servicer: the methods of one noun."""

    stripe: Stripe
    paypal: PayPal
    vault: BankVault

    @property
    def providers(self) -> Providers:
        """Who takes money for us."""
        return Providers({self.stripe.name: self.stripe, self.paypal.name: self.paypal})

    @property
    def accounts(self) -> StripeAccounts:
        """Creators' accounts at Stripe."""
        return StripeAccounts(self.stripe)

    @property
    def billing(self) -> StripeBilling:
        """Subscriptions at Stripe."""
        return StripeBilling(self.stripe)

    @property
    def methods(self) -> tuple[str, ...]:
        """The providers that are configured."""
        configured = {self.stripe.name: self.stripe.secret_key, self.paypal.name: self.paypal.client_id}
        return tuple(name for name, key in configured.items() if key)
