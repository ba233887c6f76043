"""`cnt-grpc search …`: the index of what can be found, built anew from the rooms' own rows."""

from cnt_grpc import app, search
from cnt_grpc.settings import Settings


async def rebuild(settings: Settings) -> None:
    """Put in everything that is public, take out everything else, and print how many that were of each kind."""
    async with app.opened(settings) as system:
        for source in app.SEARCHED:
            outcome = await search.rebuild(system.db, source)
            print(f"{source.kind}: {outcome.put} put in, {outcome.removed} taken out")
