"""What the platform needs of a provider that takes money: a Protocol, and what it says of a payment."""

from dataclasses import dataclass
from typing import Final, Protocol

PENDING: Final = "pending"
SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"
CANCELED: Final = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody shall pay."""

    payment_id: int
    user_id: int
    amount_minor: int
    currency: str
    what: str
    """In words, for the payer."""
    key: str
    """The same for each try: the provider then acts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A payment as the provider has begun it."""

    ref: str | None = None
    """The provider's name of the payment; None while there is only a page."""
    checkout_ref: str | None = None
    """The provider's name of the page."""
    url: str = ""
    """Where the payer pays; empty where an app does it."""
    client_secret: str = ""
    """What an app needs to do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A payment as the provider sees it now."""

    ref: str | None
    status: str
    amount_minor: int = 0
    """What was paid."""
    currency: str = ""
    payment_id: int = 0
    """Our id, as we once told the provider; so is user_id."""
    user_id: int = 0
    refunded_minor: int = 0
    """What has gone back to the payer."""
    disputed_minor: int = 0
    """What the payer's bank has taken back, for now or for good."""
    fee_minor: int = 0
    """What the provider kept, for disputes too; 0 while it is not known, and in another currency."""
    failure: str = ""


class Provider(Protocol):
    """Takes money. Each call is outside of any transaction; Unavailable when the provider does not answer."""

    @property
    def name(self) -> str:
        """As it stands in payments, and as its account is called in the ledger."""
        ...

    async def page(self, order: Order) -> Begun:
        """A page on which this is paid. Raises Precondition when the provider does not take it."""
        ...

    async def read(self, ref: str) -> Seen | None:
        """Where a payment stands, by the name of it or of its page; None when the provider knows none."""
        ...

    async def refund(self, ref: str, amount_minor: int, currency: str, key: str) -> str:
        """Return money of a payment; the provider's name of the refund. Raises Precondition when it refuses."""
        ...
