"""What can go wrong, in the words of the product; `status.py` alone knows what each kind is on the wire."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from cnt_grpc.pb.cnt.common.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong with one field."""

    field: str
    """The field's path as the caller wrote it, such as `items[3].title`."""
    description: str
    rule: str = ""
    """The id of the broken rule, such as `string.max_len`."""


class AppError(Exception):
    """A refusal that the caller is told about: a kind, a reason from the contract, and facts about it.

    Rules raise one of the kinds below. Whatever else leaves a rule is a defect, and the caller learns only an id.
    """

    def __init__(self, reason: StrEnum, message: str = "", /, **metadata: object) -> None:
        self.reason = reason
        self.message = message or str(reason).replace("_", " ").lower()
        self.metadata = {name: str(value) for name, value in metadata.items()}
        self.keeps_writes = False
        super().__init__(self.message)

    def keeping(self) -> Self:
        """The same refusal, but what the call wrote stays: a counted wrong password, an ended session."""
        self.keeps_writes = True
        return self


class Invalid(AppError):
    """The request is malformed, whatever the state of the system."""

    def __init__(
        self,
        reason: StrEnum = Reason.INVALID,
        message: str = "",
        /,
        *,
        violations: Sequence[Violation] = (),
        **metadata: object,
    ) -> None:
        if violations and not message:
            message = "; ".join(f"{v.field}: {v.description}" if v.field else v.description for v in violations[:3])
        super().__init__(reason, message, **metadata)
        self.violations = tuple(violations)

    @classmethod
    def of(cls, field: str, description: str, rule: str = "", *, reason: StrEnum = Reason.INVALID) -> "Invalid":
        """The refusal of a single field."""
        return cls(reason, violations=[Violation(field, description, rule)])


class Unauthenticated(AppError):
    """We do not know who calls."""


class Denied(AppError):
    """We know who calls, and they may not."""


class NotFound(AppError):
    """No such thing, or none that this caller may know of: the two are the same to the byte."""


class Conflict(AppError):
    """The thing is there already."""


class Precondition(AppError):
    """The system is not in the state that the call needs."""


class Changed(AppError):
    """Others changed it meanwhile; the same call may succeed now."""


class Gone(AppError):
    """The point to resume from is no longer kept."""


class Exhausted(AppError):
    """A limit is reached."""

    def __init__(self, reason: StrEnum, message: str = "", /, *, retry_after: float, **metadata: object) -> None:
        super().__init__(reason, message, **metadata)
        self.retry_after = retry_after
        """Seconds until another try makes sense."""


class Unavailable(AppError):
    """Something that we depend on does not answer."""


class TimedOut(AppError):
    """The call took longer than its policy or its caller allows."""


class Contention(Exception):
    """A serialisation failure or a deadlock: nothing was written, and the whole call may run again.

    It never reaches a caller: the pipeline runs the call three times, and then says Changed.
    """
