"""A valid call of every method of the search room, for the laws that run over all methods."""

from cnt_grpc.pb.cnt.search.v1.result_pb2 import RESULT_TYPE_EVENT
from cnt_grpc.pb.cnt.search.v1.search_service import SERVICE
from tests.content.examples import MOMENT
from tests.harness.examples import Example, Fields, Pages
from tests.harness.world import Person, World
from tests.search import makers


async def words(world: World, who: Person) -> Fields:
    """What somebody types."""
    return {"q": "harvest"}


async def many_events(world: World, who: Person, number: int) -> Fields:
    """Events of one name and moment that only this search finds."""
    word = f"harvest{who.id}"
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.put(tx, title=word, at=MOMENT)
    return {"q": word, "type": RESULT_TYPE_EVENT}


EXAMPLES = {f"{SERVICE}/Search": Example(given=words, pages=Pages(many_events, "results"))}
