"""Every call that we make of Stripe, against Stripe's own mock server: its schema accepts them all."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cnt_grpc.kit.errors import NotFound
from cnt_grpc.payment import Stripe
from cnt_grpc.payment.provider import Order
from cnt_grpc.payment.stripe_accounts import StripeAccounts
from cnt_grpc.payment.stripe_billing import Offer, StripeBilling
from tests import machine

MODULE = "github.com/stripe/stripe-mock@v0.203.0"
ORDER = Order(payment_id=1, user_id=2, amount_minor=1000, currency="USD", what="100 coins", key="a key")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a mock server of Stripe's own; fetched by Go where it is not installed."""
    program = shutil.which("stripe-mock") or _installed(tmp_path_factory.mktemp("go"))
    process = subprocess.Popen([program, "-http-port", "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"Listening for HTTP at address: .*:(\d+)", line):
            yield f"http://127.0.0.1:{found[1]}"
            break
    process.kill()
    process.wait()
    process.stdout.close()


def _installed(folder: Path) -> str:
    go = machine.program("stripe-mock", "go")
    done = subprocess.run([go, "install", MODULE], env=_environment(folder), capture_output=True, check=False)
    if done.returncode:
        pytest.skip("needs a program that is missing: stripe-mock")
    return str(folder / "stripe-mock")


def _environment(folder: Path) -> dict[str, str]:
    import os  # noqa: PLC0415

    return {**os.environ, "GOBIN": str(folder)}


@pytest.fixture
async def stripe(url: str) -> AsyncIterator[Stripe]:
    made = Stripe("sk_test_123", "pk_test_123", "whsec_123", url, "https://app.example.org")
    yield made
    await made.close()
    await asyncio.sleep(0)


def offer(interval: str = "month", trial_days: int = 7) -> Offer:
    """What is paid again and again."""
    return Offer(
        what="Member",
        amount_minor=499,
        currency="USD",
        interval=interval,
        ours={"subscription_id": "1"},
        back="subscription",
        trial_days=trial_days,
    )


async def test_payments(stripe: Stripe) -> None:
    page = await stripe.page(ORDER)
    assert page.checkout_ref
    intent = await stripe.intent(ORDER)
    assert intent.ref
    assert intent.client_secret
    for ref in (page.checkout_ref, intent.ref):
        assert await stripe.read(ref) is not None
    taken, fees = await stripe._disputed(intent.ref, "USD")
    assert taken + fees >= 0
    assert await stripe.refund(intent.ref, 100, "USD", "another key")


async def test_events(stripe: Stripe) -> None:
    async for event_id, body in stripe.events(since=1):
        assert event_id
        assert body
        break


async def test_accounts(stripe: Stripe) -> None:
    accounts = StripeAccounts(stripe)
    made = await accounts.create(1, "DE", "a third key")
    assert (await accounts.standing(made.account_id)).account_id
    with pytest.raises(NotFound):
        await accounts.standing_of(made.account_id, 2)
    assert await accounts.onboarding_link(made.account_id)
    assert await accounts.dashboard_link(made.account_id)
    assert await accounts.transfer(made.account_id, 100, "USD", 1, "a payout's key")
    assert await accounts.sent("a payout's key")


async def test_subscriptions(stripe: Stripe) -> None:
    billing = StripeBilling(stripe)
    customer = await billing.customer(1, "a customer's key")
    page, _ = await billing.page(customer, offer(), "a fourth key")
    await billing.begun(page)
    found = await billing.read("sub_123")
    assert found is not None
    await billing.cancel("sub_123", "a fifth key")
    assert await billing.portal(customer)


async def test_recurring_donations(stripe: Stripe) -> None:
    billing = StripeBilling(stripe)
    page, _ = await billing.page(await billing.customer(2, "another customer's key"), offer("week", 0), "a sixth key")
    await billing.close(page)
    await billing.end("sub_123")
