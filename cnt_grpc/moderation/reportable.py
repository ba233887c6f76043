"""What moderation must know of a kind of thing that people report, and the register that the plug board fills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation.kinds import Register, Subject

_EXCERPT: Final = 80
"""Characters of a text that stand for a title where there is none."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A reported thing as it is now, as far as moderators need to see it to find it."""

    kind: str
    id: int
    title: str
    """What it is called, or how it begins."""
    author_id: int
    """Whose it is; 0 for nobody's."""
    author_name: str
    author_username: str

    @classmethod
    def of(cls, subject: Subject) -> Self:
        """A thing that moderators decide on as well."""
        return cls(
            subject.kind,
            subject.id,
            subject.title,
            subject.author_id,
            subject.author_name,
            subject.author_username,
        )


class Reportable(Protocol):
    """One kind of thing that people report."""

    @property
    def name(self) -> str:
        """As it stands in reports, such as comment."""
        ...

    async def author_of(self, tx: Tx, caller: Caller, thing_id: int) -> int | None:
        """Whose it is (0: nobody's), if it is there and the caller may see it; otherwise None."""
        ...

    async def things(self, tx: Tx, thing_ids: Sequence[int]) -> Sequence[Thing]:
        """The things with these ids, in any order, whoever may see them; those that are gone are left out."""
        ...


class Reportables(Register[Reportable]):
    """The kinds that people report."""

    async def things(self, tx: Tx, ids: Mapping[str, Sequence[int]]) -> Mapping[tuple[str, int], Thing]:
        """The things with these ids of each kind; one statement a kind."""
        found: dict[tuple[str, int], Thing] = {}
        for name, thing_ids in ids.items():
            if (kind := self._by_name.get(name)) is not None:
                found |= {(name, thing.id): thing for thing in await kind.things(tx, thing_ids)}
        return found


def begin(text: str) -> str:
    """How a text begins, in one line."""
    words = " ".join(text.split())
    return words if len(words) <= _EXCERPT else words[: _EXCERPT - 1].rstrip() + "…"
