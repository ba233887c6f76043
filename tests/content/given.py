"""What examples of this room are made of: items and files of a person."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from cnt_grpc.content.kinds import ItemKind
from tests.content import makers
from tests.harness.world import Person, World

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""When everything of a list was made that shall sort alike."""


async def made(world: World, who: Person, kind: ItemKind, **given: Any) -> Any:
    """The id of an item of this person."""
    async with world.db.transaction() as tx:
        row = await makers.item(tx, kind, by=who.id, **given)
    return row["id"]


def uploaded(kind: str) -> Callable[[World, Person], Awaitable[Any]]:
    """Makes a file that somebody has uploaded."""

    async def make(world: World, who: Person) -> Any:
        async with world.db.transaction() as tx:
            row = await makers.FILES[kind](tx, who.id)
        return row["id"]

    return make
