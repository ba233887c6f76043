"""Many items at once: each is made or refused by itself, all in one transaction."""

from collections.abc import Sequence
from typing import Final

from cnt_grpc.content.kinds import ItemKind
from cnt_grpc.content.queries.categories import categories_to_name
from cnt_grpc.content.rules import items
from cnt_grpc.content.rules.items import Changes
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import AppError, Invalid, NotFound, Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.content.v1.reason import Reason

_OF_ONE: Final = (Invalid, NotFound, Precondition)
"""What is wrong with one item alone. `items.create` raises it before it writes, so that the others can be kept."""


async def create_many(tx: Tx, caller: Caller, kind: ItemKind, wanted: Sequence[Changes]) -> list[Row | AppError]:
    """For each of these the item that was made, or why it was not."""
    # The database would refuse an unknown category too, but that would end the transaction for all of them.
    named = sorted({each.category_id for each in wanted if each.category_id})
    categories = {row["id"] for row in await tx.all(categories_to_name(), ids=named)} if named else set()
    outcomes: list[Row | AppError] = []
    for each in wanted:
        try:
            if each.category_id and each.category_id not in categories:
                raise Precondition(Reason.CATEGORY_NOT_FOUND)
            outcomes.append(await items.create(tx, caller, kind, each))
        except _OF_ONE as refusal:
            outcomes.append(refusal)
    return outcomes
