"""What a notice is: a thing to tell someone, worded by its type, and by which channels that type reaches people."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from string import Formatter
from typing import ClassVar, final

TITLE_LENGTH = 200
MESSAGE_LENGTH = 1000
_FACT_LENGTH = 300
"""Characters, as the two above. A full page of a stream's buffer keeps to its budget only because texts are short."""


class Channel(StrEnum):
    """A way by which a notice reaches a person."""

    IN_APP = "in_app"
    """The inbox and its streams."""
    PUSH = "push"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Preferences:
    """By which channels a type reaches someone who has not chosen."""

    on: frozenset[Channel]
    always: frozenset[Channel] = frozenset()
    """Of these, the ones that nobody can switch off."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is the same for all notices of a type."""

    type: str
    title: str
    """A template over the notice's fields, as is `message`."""
    message: str
    preferences: Preferences


KINDS: dict[str, Kind] = {}
"""Every type there is, by its name."""


class Notice:
    """A thing to tell someone. Each type is a dataclass of the facts that it tells; see notices.py.

    Texts and preferences are arguments of the class, so that a type without them cannot be written down.
    """

    kind: ClassVar[Kind]

    def __init_subclass__(cls, *, type: str, title: str, message: str, preferences: Preferences) -> None:  # noqa: A002
        super().__init_subclass__()
        if not preferences.always <= preferences.on:
            complaint = f"{cls.__name__}: a channel that nobody can switch off must be on"
            raise TypeError(complaint)
        unknown = (_placeholders(title) | _placeholders(message)) - cls.__annotations__.keys()
        if unknown:
            complaint = f"{cls.__name__}: its texts tell facts that it does not have: {', '.join(sorted(unknown))}"
            raise TypeError(complaint)
        if type in KINDS:
            complaint = f"{cls.__name__}: {type} is taken"
            raise TypeError(complaint)
        cls.kind = KINDS[type] = Kind(type, title, message, preferences)

    @final
    def worded(self) -> "Words":
        """The notice as inboxes keep it."""
        facts = {each.name: _one_line(getattr(self, each.name)) for each in fields(self)}  # type: ignore[arg-type]
        data = {name: shortened(fact, _FACT_LENGTH) for name, fact in facts.items()}
        return Words(
            type=self.kind.type,
            title=shortened(self.kind.title.format_map(facts), TITLE_LENGTH),
            message=shortened(self.kind.message.format_map(facts), MESSAGE_LENGTH),
            data=data,
        )


@dataclass(frozen=True, slots=True)
class Words:
    """A notice put into words: what an inbox keeps of it."""

    type: str
    title: str
    message: str
    data: Mapping[str, str]
    about: str = ""
    """The thing that it shows, as `thing` names it; empty where it shows nothing that can be hidden."""

    @property
    def preferences(self) -> Preferences:
        """Of its type."""
        return KINDS[self.type].preferences


def thing(kind: str, thing_id: int, *, within: str = "") -> str:
    """The name of a thing that notices show; `within` is the name of what it is a part of, and is hidden with."""
    return f"{within}{kind}:{thing_id}/"


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _one_line(value: object) -> str:
    """Names and titles are people's own: a line break in one must not make a second line of a notification."""
    return " ".join(str(value).split())


def shortened(text: str, length: int) -> str:
    """At most so many characters of a text; one that is cut says so."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
