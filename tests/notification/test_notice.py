"""Notices: every type is worded and has preferences, and what people wrote cannot break the words."""

from dataclasses import fields

import pytest

from cnt_grpc import notification
from cnt_grpc.notification.messages import TYPES
from cnt_grpc.notification.notice import KINDS, MESSAGE_LENGTH, TITLE_LENGTH, Channel, Notice, Preferences

INBOX = Preferences(frozenset({Channel.IN_APP}))
CLASSES = [each for name in notification.__all__ if hasattr(each := getattr(notification, name), "kind")]


@pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.kind.type)
def test_every_type_is_worded_from_its_facts(made: type[Notice]) -> None:
    facts = {field.name: f"<{field.name}>" for field in fields(made)}  # type: ignore[arg-type]
    words = made(**facts).worded()
    assert words.type in TYPES
    assert words.title
    assert words.message
    assert "{" not in words.title + words.message
    assert words.data == facts
    assert Channel.IN_APP in words.preferences.on


def test_the_door_shows_every_type() -> None:
    assert {made.kind.type for made in CLASSES} == KINDS.keys() == TYPES.keys()


def test_a_type_without_preferences_cannot_be_written_down() -> None:
    with pytest.raises(TypeError, match="preferences"):

        class Silent(Notice, type="silent", title="t", message="m"):  # type: ignore[call-arg]
            pass


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"type": "like"}, "like is taken"),
        ({"title": "{nobody} is here"}, "nobody"),
        ({"preferences": Preferences(frozenset(), always=frozenset({Channel.MAIL}))}, "must be on"),
    ],
)
def test_a_type_that_contradicts_itself_cannot_be_written_down(arguments: dict[str, object], complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        type("Odd", (Notice,), {}, **{"type": "odd", "title": "t", "message": "m", "preferences": INBOX, **arguments})
    assert "odd" not in KINDS


def test_what_people_wrote_stays_on_its_line_and_within_bounds() -> None:
    words = notification.Announcement(announcement_id=7, subject="a\nb {text} " + "x" * 500, text="y " * 5000).worded()
    assert words.title.startswith("a b {text} xxx")
    assert len(words.title) == TITLE_LENGTH
    assert words.title.endswith("…")
    assert len(words.message) <= MESSAGE_LENGTH
    assert all(len(fact) <= 300 for fact in words.data.values())
