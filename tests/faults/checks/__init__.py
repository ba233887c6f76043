"""The standing checks: what holds of the whole system at rest, whatever was done to it before.

A room adds its own: `checks/<noun>.py` with an `async def check(whole)`, which raises AssertionError with words that
say what is wrong. Every module of this folder is found and run; there is no list to forget.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.whole import Whole
    from tests.faults.work import Work


def names() -> list[str]:
    """The checks there are."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__))


async def all_hold(whole: Whole, works: Sequence[Work] = ()) -> None:
    """Run every check, and the one of each work that was done; one error tells of all that do not hold."""
    wrong: list[str] = []
    checks = [(name, importlib.import_module(f"{__name__}.{name}").check) for name in names()]
    checks += [(type(work).__name__, work.check) for work in works]
    for name, check in checks:
        try:
            await check(whole)
        except AssertionError as error:
            wrong.append(f"{name}: {error}")
    assert not wrong, "\n".join(wrong)
