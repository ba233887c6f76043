"""Where people meet in the auth room."""

from cnt_grpc.pb.cnt.auth.v1.user_service import SERVICE
from tests.harness.examples import Fields
from tests.harness.meetings import Meeting, Meetings
from tests.harness.world import Person, World


async def person(world: World, author: Person, viewer: Person) -> Fields:
    """A person's profile."""
    return {"user_id": author.id}


MEETINGS: Meetings = {
    f"{SERVICE}/GetPublicUser": Meeting(person),
    f"{SERVICE}/GetMe": "shows oneself",
    f"{SERVICE}/ListBlocks": "shows whom one blocked, so that one can take it back",
}
