"""The stages of making an edit, and how much of the whole each one is."""

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """What is being done, as the job's row keeps it."""

    FETCHING = "fetching"
    MEASURING = "measuring"
    MAKING = "making"
    CHECKING = "checking"
    STORING = "storing"


SPANS: Final = {
    Stage.FETCHING: (0, 2),
    Stage.MEASURING: (2, 10),
    Stage.MAKING: (10, 85),
    Stage.CHECKING: (85, 95),
    Stage.STORING: (95, 99),
}
"""From which percent to which."""


def percent(stage: Stage, part: float) -> float:
    """How far the whole is when this part (0 to 1) of a stage is done."""
    start, end = SPANS[stage]
    return start + (end - start) * min(max(part, 0.0), 1.0)
