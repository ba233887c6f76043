"""What moderation must know of a kind of thing, and the register of kinds that the plug board fills."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.moderation.status import Status
from cnt_grpc.pb.cnt.moderation.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class Subject:
    """A moderated thing, as far as moderators need to see it to find it and decide."""

    kind: str
    id: int
    title: str
    author_id: int
    author_name: str
    author_username: str
    status: Status
    reason: str
    """Why a moderator rejected or archived it last; empty once it is approved."""
    created_at: datetime
    listed_at: datetime
    """When it was published, or made while it never was: lists come in this order."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator decided on a subject."""

    status: Status
    """Where the subject shall stand from now on."""
    reason: str
    """Empty only where the contract does not ask for one."""
    moderator_id: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which subjects a list shows."""

    status: Status | None = None
    """None for any."""
    author_id: int = 0
    """0 for everyone's."""


After = tuple[datetime, int]
"""The place in a list (listed_at, id), newest first, behind which the next page begins."""


class Kind(Protocol):
    """One kind of thing that moderators decide on: how to reach status and visibility, which its room keeps."""

    @property
    def name(self) -> str:
        """As it stands in paths, such as podcast."""
        ...

    async def load(self, tx: Tx, subject_id: int) -> Subject | None:
        """The subject as it stands, locked until the transaction ends, so that of two decisions one sees the other."""
        ...

    async def show(self, tx: Tx, subject_ids: Sequence[int]) -> Sequence[Subject]:
        """The subjects with these ids, in any order; those that are gone are left out."""
        ...

    async def page(self, tx: Tx, wanted: Filter, after: After | None, limit: int) -> Sequence[Subject]:
        """At most `limit` of these subjects, newest first by (listed_at, id)."""
        ...

    async def apply(self, tx: Tx, subject: Subject, decision: Decision) -> None:
        """Put a loaded subject where the decision says, with all that follows from it, and tell its author."""
        ...

    async def delete(self, tx: Tx, subject: Subject, reason: str) -> None:
        """Delete a loaded subject, with all that hangs on it, and tell its author. The reason may be empty."""
        ...


class Named(Protocol):
    """Whatever is known by a name."""

    @property
    def name(self) -> str:
        """As it stands in requests."""
        ...


N = TypeVar("N", bound=Named)


class Register(Generic[N]):
    """Kinds by their names."""

    def __init__(self, kinds: Iterable[N]) -> None:
        self._by_name: Mapping[str, N] = {kind.name: kind for kind in kinds}

    def get(self, name: str) -> N:
        """The kind of this name. Raises NotFound, as for an id that is not there."""
        kind = self._by_name.get(name)
        if kind is None:
            raise NotFound(Reason.SUBJECT_NOT_FOUND)
        return kind


class Kinds(Register[Kind]):
    """The kinds that moderators decide on."""

    def all(self) -> Sequence[Kind]:
        """Every kind, by name."""
        return [self._by_name[name] for name in sorted(self._by_name)]
