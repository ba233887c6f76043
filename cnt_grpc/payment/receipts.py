"""Receipts and yearly statements as PDF documents."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from cnt_grpc.kit.db import Row
from cnt_grpc.payment import currencies

_LINE: Final = 8
"""Millimetres."""
_NAME: Final = 60
_DOTS: Final = 6
"""Pixels of a drawn text for each millimetre."""


async def receipt(donation: Row) -> bytes:
    """The receipt of one donation that is paid."""
    return await asyncio.to_thread(_receipt, donation)


async def statement(giver: str, year: int, donations: Sequence[Row], now: datetime) -> bytes:
    """All that somebody gave in a year, with a sum for each currency."""
    return await asyncio.to_thread(_statement, giver, year, donations, now)


def kept(donation: Row) -> int:
    """What of a donation did not go back."""
    return int(donation["amount_minor"]) - int(donation["reversed_minor"])


def _receipt(donation: Row) -> bytes:
    page = _Page(f"Receipt {donation['id']}", donation["paid_at"])
    currency = donation["currency"]
    page.pair("Given by", donation["giver_name"])
    page.pair("Given to", donation["recipient_name"])
    page.pair("Amount", currencies.words(donation["amount_minor"], currency))
    if donation["reversed_minor"]:
        page.pair("Returned", currencies.words(donation["reversed_minor"], currency))
        page.pair("Remaining", currencies.words(kept(donation), currency))
    page.pair("Paid on", _day(donation["paid_at"]))
    page.pair("Paid by", donation["provider"].capitalize())
    page.pair("Payment", donation["provider_ref"] or "")
    return page.done()


def _statement(giver: str, year: int, donations: Sequence[Row], now: datetime) -> bytes:
    page = _Page(f"Giving in {year}", now)
    page.pair("Given by", giver)
    for donation in donations:
        page.pair(
            f"{_day(donation['paid_at'])}  {currencies.words(kept(donation), donation['currency'])}",
            donation["recipient_name"],
        )
    for currency, total in sums(donations):
        page.pair(f"Total {currency}", currencies.words(total, currency))
    return page.done()


def sums(donations: Iterable[Row]) -> list[tuple[str, int]]:
    """What remains given, by currency."""
    found: dict[str, int] = {}
    for donation in donations:
        found[donation["currency"]] = found.get(donation["currency"], 0) + kept(donation)
    return sorted(found.items())


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


class _Page:
    """A document of lines with a name and a text each."""

    def __init__(self, title: str, made_at: datetime) -> None:
        from fpdf import FPDF  # noqa: PLC0415  (servers that print nothing need not load it)

        self._pdf = FPDF(format="A4")
        self._pdf.set_creation_date(made_at)
        self._pdf.set_title(title)
        self._pdf.add_page()
        self._pdf.set_font("Helvetica", size=18)
        self._pdf.cell(0, 2 * _LINE, title, new_x="LMARGIN", new_y="NEXT")
        self._pdf.set_font("Helvetica", size=10)

    def pair(self, name: str, text: str) -> None:
        """One line."""
        self._pdf.cell(_NAME, _LINE, name)
        if text.isascii():
            self._pdf.cell(0, _LINE, text[:100], new_x="LMARGIN", new_y="NEXT")
        else:
            # The document's own letters are Latin ones; names are written in all of the world's.
            self._picture(text)

    def _picture(self, text: str) -> None:
        from cnt_grpc.kit import lettering  # noqa: PLC0415  (its fonts take a moment)

        width = int(self._pdf.epw - _NAME)
        style = lettering.Style(
            size=22,
            smallest=10,
            colour=(0, 0, 0, 255),
            align=lettering.Align.LEFT,
            excerpt=True,
        )
        try:
            picture = lettering.draw(text, style, width * _DOTS, _LINE * _DOTS).image
        except lettering.Undrawable:
            self._pdf.cell(0, _LINE, "?", new_x="LMARGIN", new_y="NEXT")
            return
        self._pdf.image(picture, x=self._pdf.l_margin + _NAME, y=self._pdf.get_y(), w=width, h=_LINE)
        self._pdf.ln(_LINE)

    def done(self) -> bytes:
        """The document."""
        return bytes(self._pdf.output())
