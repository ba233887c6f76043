"""A valid call of every method of the admin room, for the laws that run over all methods."""

from datetime import datetime

from cnt_grpc.kit import clock, defects
from cnt_grpc.pb.cnt.admin.v1 import admin_service_pb2
from cnt_grpc.pb.cnt.admin.v1.admin_service import SERVICE
from cnt_grpc.pb.cnt.admin.v1.creator_application_service import SERVICE as APPLICATIONS
from cnt_grpc.pb.cnt.auth.v1 import user_pb2
from tests.admin.drive_examples import EXAMPLES as DRIVE_EXAMPLES
from tests.auth import makers
from tests.content.given import MOMENT
from tests.harness.examples import Example, Fields, Foreign, Pages
from tests.harness.world import Person, World
from tests.media import makers as media


async def defect(world: World, who: Person) -> Fields:
    """A defect that was written down."""
    await defects.keep(world.db, f"error-{who.id}", "cnt.auth.v1.UserService/GetMe", ValueError("canary"))
    return {"error_id": f"error-{who.id}"}


async def a_metric(world: World, who: Person) -> Fields:
    """A number."""
    return {"name": admin_service_pb2.METRIC_NAME_CALLS}


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


async def papers(world: World, who: Person) -> list[int]:
    """A paper of this person, as an upload would have made it."""
    async with world.db.transaction() as tx:
        return [int((await media.image(tx, who.id))["id"])]


async def wish(world: World, who: Person) -> Fields:
    """What somebody says who wants to be a creator."""
    return {"stage_name": "Ann sings", "about": "Psalms.", "paper_ids": await papers(world, who)}


async def paper_of(world: World, who: Person) -> int:
    """One of them."""
    return (await papers(world, who))[0]


async def apply(world: World, who: Person, *, at: datetime | None = None) -> int:
    """An application of this person that waits."""
    async with world.db.transaction() as tx:
        row = await tx.raw(
            "INSERT INTO creator_applications (user_id, stage_name, about, links, created_at)"
            " VALUES ($1, 'Ann sings', 'Psalms.', '{}', $2)"
            # One may wait at a time; asked for again, it is the same one.
            " ON CONFLICT (user_id) WHERE status = 'pending' DO UPDATE SET about = excluded.about RETURNING id",
            who.id,
            at or clock.now(),
        )
    return int(row[0]["id"])


async def own_application(world: World, who: Person) -> Fields:
    """One of one's own."""
    await apply(world, who)
    return {}


async def somebodys_application(world: World, who: Person) -> Fields:
    """One of somebody else."""
    return {"application_id": await apply(world, await world.user()), "reason": "Because."}


async def somebodys_to_approve(world: World, who: Person) -> Fields:
    """The same, without a reason."""
    return {"application_id": await apply(world, await world.user())}


async def many_applications(world: World, who: Person, number: int) -> Fields:
    """Applications of one moment."""
    for _ in range(number):
        await apply(world, await world.user(), at=MOMENT)
    return {}


ANYONES = {"application_id": "administrators see all applications"}
ANYONE = {"user_id": "administrators see everyone"}

EXAMPLES = DRIVE_EXAMPLES | {
    f"{SERVICE}/GetError": Example(given=defect, role="admin", open_ids={"error_id": "administrators see all defects"}),
    f"{SERVICE}/GetDashboard": Example(role="admin"),
    f"{SERVICE}/GetMetrics": Example(given=a_metric, role="admin"),
    f"{APPLICATIONS}/ApplyAsCreator": Example(given=wish, foreign=Foreign("paper_ids", paper_of, "MEDIA_NOT_FOUND")),
    f"{APPLICATIONS}/GetMyCreatorApplication": Example(given=own_application),
    f"{APPLICATIONS}/ListCreatorApplications": Example(
        role="admin", pages=Pages(many_applications, "applications", key="application_id")
    ),
    f"{APPLICATIONS}/ApproveCreatorApplication": Example(given=somebodys_to_approve, role="admin", open_ids=ANYONES),
    f"{APPLICATIONS}/RejectCreatorApplication": Example(given=somebodys_application, role="admin", open_ids=ANYONES),
    f"{SERVICE}/ListUsers": Example(role="admin", pages=Pages(namesakes, "users", key="user_id")),
    f"{SERVICE}/SetUserAdmin": Example(given=somebody, role="admin", open_ids=ANYONE),
    f"{SERVICE}/SetUserRoles": Example(given=somebody_and_roles, role="admin", open_ids=ANYONE),
    f"{SERVICE}/BanUser": Example(given=somebody_and_why, role="admin", open_ids=ANYONE),
    f"{SERVICE}/UnbanUser": Example(given=somebody_and_why, role="admin", open_ids=ANYONE),
    f"{SERVICE}/DeleteUser": Example(given=somebody_and_why, role="admin", open_ids=ANYONE),
}
