"""Categories through the wire: administrators make, change and delete them."""

from grpc import StatusCode

from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.pb.cnt.content.v1.item_pb2 import CONTENT_TYPE_MOVIE, CONTENT_TYPE_UNSPECIFIED
from tests.content import makers
from tests.harness.api import Api
from tests.harness.world import World


async def test_they_are_made_changed_and_deleted(world: World, api: Api) -> None:
    admin = await world.user(roles={"admin"})
    content = api.as_(admin).content
    name = f"Of {admin.username}"
    made = (await content.CreateCategory(name=name, type=CONTENT_TYPE_MOVIE, position=7)).category
    assert (made.name, made.type, made.position) == (name, CONTENT_TYPE_MOVIE, 7)
    named = {"category_id": made.category_id}
    moved = (await content.UpdateCategory(**named, position=9)).category
    assert (moved.name, moved.type, moved.position) == (name, CONTENT_TYPE_MOVIE, 9)
    other = (await content.UpdateCategory(**named, name=f"{name} 2", type=CONTENT_TYPE_UNSPECIFIED)).category
    assert (other.name, other.type, other.position) == (f"{name} 2", CONTENT_TYPE_UNSPECIFIED, 9)
    await content.DeleteCategory(**named)
    for call in (content.UpdateCategory(**named, position=1), content.DeleteCategory(**named)):
        await call.fails(StatusCode.NOT_FOUND, "CATEGORY_NOT_FOUND")


async def test_no_two_have_one_name(world: World, api: Api) -> None:
    admin = await world.user(roles={"admin"})
    content = api.as_(admin).content
    name = f"Of {admin.username}"
    await content.CreateCategory(name=name)
    other = (await content.CreateCategory(name=f"{name} 2")).category
    taken = (StatusCode.ALREADY_EXISTS, "CATEGORY_NAME_TAKEN")
    await content.CreateCategory(name=name.upper()).fails(*taken)
    await content.UpdateCategory(category_id=other.category_id, name=name.upper()).fails(*taken)


async def test_what_belonged_to_a_deleted_one_stays(world: World, api: Api) -> None:
    ann, admin = await world.user(), await world.user(roles={"admin"})
    async with world.db.transaction() as tx:
        category_id = await makers.category(tx, name=f"Of {ann.username}")
        row = await makers.item(tx, PODCAST, by=ann.id, category_id=category_id)
    await api.as_(admin).content.DeleteCategory(category_id=category_id)
    assert (await api.content.GetPodcast(podcast_id=row["id"])).podcast.category_id == 0


async def test_changes_are_audited(world: World, api: Api) -> None:
    admin = await world.user(roles={"admin"})
    content = api.as_(admin).content
    made = (await content.CreateCategory(name=f"Of {admin.username}")).category
    await content.UpdateCategory(category_id=made.category_id, position=3)
    await content.DeleteCategory(category_id=made.category_id)
    sql = "SELECT action FROM audit_log WHERE target_kind = 'category' AND target_id = $1 ORDER BY id"
    async with world.db.transaction() as tx:
        rows = await tx.raw(sql, made.category_id)
    assert [row["action"] for row in rows] == ["create", "update", "delete"]
