"""One question to a platform: a statement, the values that it is asked with, and what is promised of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from cnt_grpc.kit.db import Statement

LIMIT = 21
"""What a page of 20 asks for."""


@dataclass(frozen=True, slots=True)
class Hot:
    """One question."""

    name: str
    statement: Statement
    values: Mapping[str, object]
    promised: bool = False
    """Whether it takes at most three times as long on the full size as on a hundredth of it."""
    changes: bool = False
    """Whether it writes; what it wrote is taken back, so that the next to ask finds what this one found."""
    deep: bool = False
    """Whether it takes at most three times as long as the first page, the first of all questions."""

    @property
    def arguments(self) -> list[object]:
        """The values in the order of the statement's parameters."""
        return self.statement.arguments(self.values)
