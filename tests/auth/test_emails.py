"""Email addresses and dates of birth: what is accepted, and in which spelling it is kept."""

from datetime import date, timedelta

import pytest

from cnt_grpc.auth.dates import clean_date_of_birth
from cnt_grpc.auth.emails import as_stored, clean_email
from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ann@Example.COM ", "Ann@example.com"),
        ("a+b@example.com", "a+b@example.com"),
        # As mail is addressed to it: a name in another script has a spelling that every server knows.
        ("a@Bücher.example", "a@xn--bcher-kva.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_in_its_normal_form(typed: str, kept: str) -> None:
    assert clean_email(typed) == kept
    assert as_stored(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "ann", "ann@", "@example.com", "a@b", "a b@example.com", "a@example..com", "a@x.test", "jörg@example.org"],
)
def test_what_is_no_address_is_refused_at_registration_and_merely_unknown_at_sign_in(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_email(typed)
    assert refused.value.violations[0].field == "email"
    assert as_stored(typed) == typed


def test_a_date_of_birth_is_a_day_in_the_past() -> None:
    assert clean_date_of_birth("") is None
    assert clean_date_of_birth("1984-02-29") == date(1984, 2, 29)
    assert clean_date_of_birth(clock.now().date().isoformat()) is not None


@pytest.mark.parametrize("text", ["1985-02-29", "2001-13-01", "1899-12-31", "19840229", "yesterday"])
def test_impossible_dates_of_birth_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        clean_date_of_birth(text)


def test_nobody_is_born_tomorrow() -> None:
    tomorrow = clock.now().date() + timedelta(days=1)
    with pytest.raises(Invalid, match="today"):
        clean_date_of_birth(tomorrow.isoformat())
