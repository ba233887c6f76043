"""People who give each other gifts: each acknowledged gift is there once, and was paid once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc

from tests.harness.api import ApiError
from tests.payment import makers

if TYPE_CHECKING:
    from cnt_grpc.kit.db import Tx
    from tests.faults.clients import Client
    from tests.faults.whole import Whole

OTHERS = 20
COINS = 200
"""What each client has; it is spent soon, and then gifts are refused."""
PRICE = 3


class Gifts:
    """Each client gives to the same few people, who therefore stand in each other's way."""

    share = 3.0

    def __init__(self) -> None:
        self._others: list[int] = []
        self._gift_id = 0
        self._rich: set[int] = set()
        self._given: dict[int, int] = {}
        self.acknowledged = 0

    async def prepare(self, whole: Whole) -> None:
        """People to give to, and a gift."""
        self._others = [person.id for person in await whole.world.users(OTHERS)]

        async def make(tx: Tx) -> int:
            return await makers.gift(tx, price=PRICE)

        self._gift_id = await whole.system.db.transact(make)

    async def step(self, client: Client) -> None:
        """Give something, as long as there are coins."""
        sender = client.who.id
        if sender not in self._rich:
            await client.through_outages(lambda tx: makers.coins(tx, sender, COINS))
            self._rich.add(sender)
        other = client.random.choice(self._others)
        try:
            reply = await client.write("wallet", "SendGift", gift_id=self._gift_id, recipient_id=other)
        except ApiError as error:
            if (error.code, error.reason) != (grpc.StatusCode.FAILED_PRECONDITION, "INSUFFICIENT_COINS"):
                raise
            return
        self._given[reply.gift.gift_transaction_id] = sender
        self.acknowledged += 1

    async def check(self, whole: Whole) -> None:
        """Each gift that was acknowledged is a row, with its entries."""
        sql = """
        SELECT gift.id, gift.sender_id, -entry.amount AS paid FROM gift_transactions AS gift
        JOIN ledger_entries AS entry ON entry.cause = 'gift:' || gift.id AND entry.owner_id = gift.sender_id
        """
        async with whole.system.db.transaction() as tx:
            rows = await tx.raw(sql)
        there = {row["id"]: (row["sender_id"], row["paid"]) for row in rows}
        wrong = [gift for gift, sender in self._given.items() if there.get(gift) != (sender, PRICE)]
        assert not wrong, f"{len(wrong)} of {len(self._given)} gifts are not as acknowledged: {wrong[:5]}"
