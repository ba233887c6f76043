"""People who block and unblock others: after an answer the row is there, or is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.clients import Client
    from tests.faults.whole import Whole

OTHERS = 40


class Blocks:
    """Each client blocks the same few people again and again; the last answer about each counts."""

    share = 5.0

    def __init__(self) -> None:
        self._others: list[int] = []
        self._standing: dict[tuple[int, int], bool] = {}
        self.acknowledged = 0

    async def prepare(self, whole: Whole) -> None:
        """People to block."""
        self._others = [person.id for person in await whole.world.users(OTHERS)]

    async def step(self, client: Client) -> None:
        """Block somebody, or unblock them."""
        other = client.random.choice(self._others)
        pair = (client.who.id, other)
        blocks = not self._standing.get(pair, False)
        await client.write("user", "BlockUser" if blocks else "UnblockUser", user_id=other)
        self._standing[pair] = blocks
        self.acknowledged += 1

    async def check(self, whole: Whole) -> None:
        """The table says what the last answers said."""
        async with whole.system.db.transaction() as tx:
            rows = await tx.raw("SELECT * FROM blocks")
        there = {(row[0], row[1]) for row in rows}
        wrong = [pair for pair, blocks in self._standing.items() if (pair in there) is not blocks]
        assert not wrong, f"{len(wrong)} of {len(self._standing)} blocks are not as acknowledged: {wrong[:5]}"
