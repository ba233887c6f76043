"""Numbers that rooms offer to those who look after the platform: counts of what there is, and of what waits.

    FIGURES = (Figure("podcasts", count_podcasts), Figure("open_reports", open_reports, exact=True))

A room names them in its plug. What is not exact is measured once a minute by the worker, however long that takes; what
is exact is measured whenever somebody looks, and must cost nothing: a partial index of few rows.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cnt_grpc.kit.db import Statement


@dataclass(frozen=True, slots=True)
class Figure:
    """One number."""

    name: str
    """As it is shown, such as podcasts; no two rooms use the same."""
    statement: Callable[[], Statement]
    """Gives one row with the number. Parameter, where it has a use for it: now."""
    exact: bool = False
    of_time: bool = False
    """Whether the statement takes `now`."""
    sampled: bool = False
    """Whether its value of each minute is kept, for administrators to see how it went."""
