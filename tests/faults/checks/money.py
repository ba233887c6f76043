"""Money: entries sum to zero for each currency, balances are their entries, and no person's account is negative."""

from tests.faults.whole import Whole
from tests.payment import books


async def check(whole: Whole) -> None:
    """Ask the books."""
    wrong = await books.wrong(whole.system.db)
    assert not wrong, f"the books are wrong: {wrong}"
