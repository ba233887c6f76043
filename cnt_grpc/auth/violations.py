"""Gathers what is wrong with several fields, so that one refusal tells all of it."""

from collections.abc import Callable
from typing import TypeVar

from cnt_grpc.kit.errors import Invalid, Violation

T = TypeVar("T")


class Violations:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self._found: list[Violation] = []

    def of(self, clean: Callable[[str], T], text: str, otherwise: T) -> T:
        """The clean value; when there is none, its violations are kept and `otherwise` stands in until `refuse`."""
        try:
            return clean(text)
        except Invalid as refusal:
            self._found += refusal.violations
            return otherwise

    def refuse(self) -> None:
        """Raise Invalid with everything that was found, if anything was."""
        if self._found:
            raise Invalid(violations=self._found)
