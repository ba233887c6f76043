"""Where people meet in the search."""

from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.search.v1.search_service import SERVICE
from cnt_grpc.search import Kind
from tests.harness.examples import Fields
from tests.harness.meetings import Meeting, Meetings
from tests.harness.world import Person, World
from tests.search import makers


async def found(world: World, author: Person, viewer: Person) -> Fields:
    """Something of somebody's that only this search finds."""
    word = f"vineyard{author.id}"
    async with world.db.transaction() as tx:
        await makers.put(tx, title=f"{word} {author.name}", kind=Kind.POST, owner_id=author.id, at=clock.now())
    return {"q": word}


MEETINGS: Meetings = {f"{SERVICE}/Search": Meeting(found)}
