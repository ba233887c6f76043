"""Names of people: what may be shown, and which usernames follow from it."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnt_grpc.auth import names
from cnt_grpc.kit.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Ann   Baker ", "Ann Baker"),
        ("Ann\tBaker\n", "Ann Baker"),
        ("Jose\u0301", "José"),
        ("ሰላም", "ሰላም"),
        ("🙏 Ann", "🙏 Ann"),
    ],
)
def test_a_shown_name_is_tidied(typed: str, shown: str) -> None:
    assert names.clean_name(typed) == shown


@pytest.mark.parametrize("typed", ["", "   ", "\u200d\u200d", "Ann\u202e", "An\u0007n", "..."])
def test_a_name_that_cannot_be_seen_or_hides_something_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        names.clean_name(typed)


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("Ann Baker", "ann.baker"),
        ("María José Núñez", "maria.jose.nunez"),
        ("O'Neill", "oneill"),
        ("Bo", "bo"),
        ("A" * 100, "a" * 30),
        ("Admin", "friend"),
        ("ሰላም", "friend"),
        ("777", "friend"),
    ],
)
def test_a_username_is_made_from_the_name(name: str, username: str) -> None:
    assert next(names.usernames_for(name)).rstrip("23456789") == username


@given(st.text(min_size=1, max_size=100))
def test_every_username_we_make_keeps_our_own_rules(name: str) -> None:
    for username in islice(names.usernames_for(name), 12):
        assert names.clean_username(username) == username


def test_when_the_first_username_is_taken_others_follow() -> None:
    assert len(set(islice(names.usernames_for("Ann"), 30))) > 20


@pytest.mark.parametrize("typed", ["Ann.Baker", " ann_baker ", "a1b", "anne9"])
def test_good_usernames_are_kept_in_lower_case(typed: str) -> None:
    assert names.clean_username(typed) == typed.strip().lower()


@pytest.mark.parametrize(
    "typed",
    [
        "an",
        "a" * 31,
        "ann baker",
        "ann-b",
        ".ann",
        "ann_",
        "a..nn",
        "a._nn",
        "1234",
        "\u0430nn",
        "anné",
        "",
        "ann/../me",
    ],
)
def test_malformed_usernames_are_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        names.clean_username(typed)


@pytest.mark.parametrize(
    "typed", ["admin", "Admin", "adm1n", "a.d.m.i.n", "admin_2026", "supp0rt", "api", "m.e.d.i.a", "root.7"]
)
def test_usernames_that_speak_for_the_platform_are_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="reserved"):
        names.clean_username(typed)


@pytest.mark.parametrize(
    ("one", "other"), [("tom0", "tomo"), ("tom0", "torno"), ("will", "wi1l"), ("ann.b", "ann_b"), ("vvill", "will")]
)
def test_usernames_that_look_alike_share_a_skeleton(one: str, other: str) -> None:
    assert names.skeleton(one) == names.skeleton(other)


def test_usernames_that_look_different_do_not() -> None:
    assert len({names.skeleton(each) for each in ("ann", "anna", "hanna", "anne", "ann.b", "annb")}) == 6
