"""Currencies that the platform takes, with the digits of their minor units (ISO 4217)."""

import re
from typing import Final

from cnt_grpc.kit.errors import Invalid
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

DIGITS: Final = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"), 0
    ),
    **dict.fromkeys(
        (
            *("AED", "AUD", "BRL", "CAD", "CHF", "COP", "CZK", "DKK", "EGP", "ETB", "EUR", "GBP", "GHS", "HKD", "ILS"),
            *("INR", "KES", "LKR", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "SAR"),
            *("SEK", "SGD", "THB", "TRY", "TZS", "UAH", "USD", "ZAR", "ZMW"),
        ),
        2,
    ),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3),
}
"""Digits after the decimal point, by currency."""


def check(currency: str, field: str = "currency") -> str:
    """The currency; raises Invalid when it is not taken."""
    if currency not in DIGITS:
        raise Invalid.of(
            field, "is no currency that the platform takes", "currency", reason=Reason.CURRENCY_UNSUPPORTED
        )
    return currency


def decimal(amount_minor: int, currency: str) -> str:
    """The amount as a decimal number, exactly: 2500 EUR is 25.00, 2500 JPY is 2500, 2500 KWD is 2.500."""
    digits = DIGITS[currency]
    sign = "-" if amount_minor < 0 else ""
    whole, rest = divmod(abs(amount_minor), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}}" if digits else f"{sign}{whole}"


def minor(text: str, currency: str) -> int:
    """The opposite of `decimal`; ValueError when the text is no such amount."""
    digits = DIGITS[currency]
    found = re.fullmatch(r"([0-9]+)(?:\.([0-9]+))?", text)
    whole, rest = found.groups(default="") if found else ("", "")
    if not whole or len(rest.rstrip("0")) > digits:
        raise ValueError("no amount of this currency")
    return int(whole + (rest + "0" * digits)[:digits])


def words(amount_minor: int, currency: str) -> str:
    """The amount for people: “25.00 EUR”."""
    return f"{decimal(amount_minor, currency)} {currency}"
