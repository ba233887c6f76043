"""Receipts and yearly statements: what their reader finds in them, in each currency's own minor unit."""

from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from grpc import StatusCode

from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import receipts
from cnt_grpc.payment.rules import donations, paying
from cnt_grpc.payment.rules.paying import Providers
from tests.harness.api import Api
from tests.harness.stripe import StripeStandIn
from tests.harness.world import Person, World
from tests.payment import makers

LAST_YEAR = 2019
"""When nobody else of these tests gave."""


def text_of(document: bytes) -> list[str]:
    """The lines of a document, as a reader finds them."""
    with pypdfium2.PdfDocument(document) as found:
        pages = [page.get_textpage().get_text_bounded() for page in found]
    return [line.strip() for line in "\n".join(pages).splitlines() if line.strip()]


async def given(  # noqa: PLR0917
    world: World, ann: Person, bob: Person, amount: int, currency: str = "USD", returned: int = 0, day: str = ""
) -> dict[str, Any]:
    """A donation that was paid, on some day of last year if none is named, and of which so much went back."""
    row = await makers.donation(world, ann.id, bob.id, amount=amount, currency=currency, paid=True)
    if returned:
        world.stripe.refund(row["provider_ref"], returned)
        await paying.sync(world.db, Providers({"stripe": world.system.stripe}), row["payment_id"])
    paid_at = datetime.fromisoformat(day or f"{LAST_YEAR}-06-01T12:00:00").replace(tzinfo=UTC)
    async with world.db.transaction() as tx:
        await tx.raw("UPDATE payments SET paid_at = $2 WHERE id = $1", row["payment_id"], paid_at)
    return dict(row) | {"paid_at": paid_at}


async def test_a_year_of_giving(world: World, api: Api, stripe: StripeStandIn) -> None:
    """What went back is left out of it, and so is what was not paid, or not in this year of UTC."""
    ann, bob = await world.users(2)
    dollars = await given(world, ann, bob, 2500, returned=1001)
    await given(world, ann, bob, 501, day=f"{LAST_YEAR}-12-31T23:59:59")
    await given(world, ann, bob, 7, day=f"{LAST_YEAR + 1}-01-01T00:00:00")
    await given(world, ann, bob, 9, day=f"{LAST_YEAR - 1}-12-31T23:59:59")
    await given(world, ann, bob, 2500, "JPY", day=f"{LAST_YEAR}-01-01T00:00:00")
    await given(world, ann, bob, 12345, "KWD", returned=5)
    await given(world, bob, ann, 4444)
    unpaid = await makers.donation(world, ann.id, bob.id, amount=900)
    async with world.db.transaction() as tx:
        rows = await donations.given_in(tx, Caller(ann.id), LAST_YEAR)
    assert unpaid["id"] not in {row["id"] for row in rows}
    assert [(row["amount_minor"], row["currency"], receipts.kept(row)) for row in rows] == [
        (2500, "JPY", 2500),
        (2500, "USD", 1499),
        (12345, "KWD", 12340),
        (501, "USD", 501),
    ]
    assert receipts.sums(rows) == [("JPY", 2500), ("KWD", 12340), ("USD", 2000)]
    reply = await api.as_(ann).payment.GetGivingStatement(year=LAST_YEAR)
    assert reply.document.content_type == "application/pdf"
    lines = text_of(reply.document.data)
    assert lines[0] == f"Giving in {LAST_YEAR}"
    assert lines[1] == f"Given by {ann.name}"
    assert [line for line in lines if bob.name in line] == [
        f"{LAST_YEAR}-01-01 2500 JPY {bob.name}",
        f"{LAST_YEAR}-06-01 14.99 USD {bob.name}",
        f"{LAST_YEAR}-06-01 12.340 KWD {bob.name}",
        f"{LAST_YEAR}-12-31 5.01 USD {bob.name}",
    ]
    assert lines[-3:] == ["Total JPY 2500 JPY", "Total KWD 12.340 KWD", "Total USD 20.00 USD"]
    one = await api.as_(ann).payment.GetDonationReceipt(donation_id=dollars["id"])
    assert text_of(one.document.data) == [
        f"Receipt {dollars['id']}",
        f"Given by {ann.name}",
        f"Given to {bob.name}",
        "Amount 25.00 USD",
        "Returned 10.01 USD",
        "Remaining 14.99 USD",
        f"Paid on {LAST_YEAR}-06-01",
        "Paid by Stripe",
        f"Payment {dollars['provider_ref']}",
    ]


async def test_a_year_that_is_too_long_is_refused(
    world: World, api: Api, stripe: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement that leaves something out would be a wrong one."""
    monkeypatch.setattr(donations, "MOST_OF_A_YEAR", 2)
    ann, bob = await world.users(2)
    for number in range(2):
        await given(world, ann, bob, 100 + number)
    assert (await api.as_(ann).payment.GetGivingStatement(year=LAST_YEAR)).document.data
    await given(world, ann, bob, 300)
    asking = api.as_(ann).payment.GetGivingStatement(year=LAST_YEAR)
    await asking.fails(StatusCode.FAILED_PRECONDITION, "GIVING_STATEMENT_TOO_LONG")


async def test_names_of_all_scripts(world: World, api: Api, stripe: StripeStandIn) -> None:
    """They are drawn as pictures: the document's own letters are Latin ones."""
    ann, bob = await world.user(name="Ann Äpfel 安"), await world.user()
    await given(world, ann, bob, 2500)
    lines = text_of((await api.as_(ann).payment.GetGivingStatement(year=LAST_YEAR)).document.data)
    assert f"{LAST_YEAR}-06-01 25.00 USD {bob.name}" in lines
