"""What goes into a conversation with the voice agent, and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from cnt_grpc.kit.errors import AppError
from cnt_grpc.live.openai import Line
from cnt_grpc.live.talk.answering import Lookup


@dataclass(frozen=True, slots=True)
class Sound:
    """The person speaks."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """The person writes."""

    words: str


class Sign(Enum):
    """The person does something that has no words."""

    SPEECH_END = auto()
    INTERRUPTION = auto()


Input = Sound | Said | Sign


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was understood of the person."""

    words: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The next words of the answer."""

    words: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """The next sound of the answer."""

    data: bytes


class Outcome(Enum):
    """How a turn ends."""

    ANSWERED = auto()
    INTERRUPTED = auto()
    NOT_UNDERSTOOD = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """Nothing more comes of this answer."""

    outcome: Outcome
    error: AppError | None = None


class Cause(Enum):
    """Why a conversation ends although nothing went wrong."""

    FINISHED = auto()
    SERVER_STOPPING = auto()
    TIME_UP = auto()


@dataclass(frozen=True, slots=True)
class End:
    """The conversation is over."""

    cause: Cause


class Beat:
    """Nothing happens."""


Event = Transcript | Lookup | Answer | Spoken | TurnEnd | Beat | End


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a conversation shall be."""

    is_spoken: bool
    history: Sequence[Line] = field(default=())
