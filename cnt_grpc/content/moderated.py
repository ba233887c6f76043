"""How the moderation room reaches items: each kind of item is one kind of moderated thing."""

from functools import partial
from typing import Final

from cnt_grpc.content.kinds import KINDS, ItemKind
from cnt_grpc.content.rules import items
from cnt_grpc.content.rules.standing import STANDINGS
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Reviewed


async def _seen(kind: ItemKind, tx: Tx, caller: Caller, item_id: int) -> Row:
    return await items.shown(tx, caller, kind, item_id)


async def _remove(kind: ItemKind, tx: Tx, item: Row) -> None:
    await items.remove(tx, kind, item)


MODERATED: Final = tuple(
    Reviewed(standing=STANDINGS[kind], seen=partial(_seen, kind), remove=partial(_remove, kind)) for kind in KINDS
)
"""Every kind of item."""
