"""A valid call of every method of the admin room, for the laws that run over all methods."""

from cnt_grpc.pb.cnt.admin.v1.admin_service import SERVICE
from cnt_grpc.pb.cnt.auth.v1 import user_pb2
from tests.auth import makers
from tests.content.given import MOMENT
from tests.harness.examples import Example, Fields, Pages
from tests.harness.world import Person, World


async def somebody(world: World, who: Person) -> Fields:
    """Someone else."""
    return {"user_id": (await world.user()).id}


async def somebody_and_why(world: World, who: Person) -> Fields:
    """Someone else, and a reason."""
    return {**await somebody(world, who), "reason": "Because."}


async def somebody_and_roles(world: World, who: Person) -> Fields:
    """Someone else, and what they shall be."""
    return {**await somebody(world, who), "roles": [user_pb2.ROLE_MODERATOR]}


async def namesakes(world: World, who: Person, number: int) -> Fields:
    """People who came at one moment, and whom a search finds together."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            person = await makers.user(tx, name=f"Namesake of {who.id}")
            await makers.set_columns(tx, person["id"], created_at=MOMENT)
    return {"search": f"namesake of {who.id}"}


ANYONE = {"user_id": "administrators see everyone"}

EXAMPLES = {
    f"{SERVICE}/ListUsers": Example(role="admin", pages=Pages(namesakes, "users", key="user_id")),
    f"{SERVICE}/SetUserAdmin": Example(given=somebody, role="admin", open_ids=ANYONE),
    f"{SERVICE}/SetUserRoles": Example(given=somebody_and_roles, role="admin", open_ids=ANYONE),
    f"{SERVICE}/BanUser": Example(given=somebody_and_why, role="admin", open_ids=ANYONE),
    f"{SERVICE}/UnbanUser": Example(given=somebody_and_why, role="admin", open_ids=ANYONE),
    f"{SERVICE}/DeleteUser": Example(given=somebody_and_why, role="admin", open_ids=ANYONE),
}
