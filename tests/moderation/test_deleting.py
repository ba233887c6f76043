"""Deleting for good, and deciding on many at once."""

import json
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.pb.cnt.moderation.v1 import moderation_service_pb2 as pb2
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2
from tests.community import makers as community
from tests.content import makers
from tests.content.kinds import Wire, each_kind
from tests.harness.api import Api
from tests.harness.world import Person, World

APPROVE, REJECT, ARCHIVE, DELETE = (
    pb2.BULK_ACTION_APPROVE,
    pb2.BULK_ACTION_REJECT,
    pb2.BULK_ACTION_ARCHIVE,
    pb2.BULK_ACTION_DELETE,
)


async def podcast(world: World, who: Person, **given: Any) -> int:
    """The id of a podcast of this person."""
    async with world.db.transaction() as tx:
        return int((await makers.podcast(tx, by=who.id, **given))["id"])


@each_kind
async def test_deleted_is_gone_audited_and_told(world: World, api: Api, wire: Wire) -> None:
    ann, admin = await world.user(), await world.user(roles={"admin"})
    async with world.db.transaction() as tx:
        item_id = (await makers.item(tx, wire.kind, by=ann.id, title="Balaam"))["id"]
    given = {"content_type": wire.kind.name, "content_id": item_id}
    reply = await api.as_(admin).moderation.DeleteContent(**given, reason="It is cursed.")
    assert (reply.content.content_id, reply.content.title) == (item_id, "Balaam")
    get = getattr(api.as_(ann).content, f"Get{wire.noun}")
    await get(**{wire.id: item_id}).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
    (told,) = (await api.as_(ann).notification.ListNotifications()).notifications
    assert (told.data["content_title"], told.data["reason"]) == ("Balaam", "It is cursed.")
    (act,) = (await api.as_(admin).moderation.ListAudit(actor=admin.id)).entries
    assert (act.action, act.target_type, act.target_id) == ("delete", wire.kind.name, item_id)
    assert json.loads(act.before) == {"status": "approved", "author_id": ann.id}
    again = api.as_(admin).moderation.DeleteContent(**given)
    await again.fails(StatusCode.NOT_FOUND, "SUBJECT_NOT_FOUND")


async def test_a_post_is_deleted_likewise(world: World, api: Api) -> None:
    ann, admin = await world.user(), await world.user(roles={"admin"})
    post_id = await community.made(world, ann)
    await api.as_(admin).moderation.DeleteContent(content_type="community_post", content_id=post_id)
    await api.as_(ann).community.GetPost(post_id=post_id).fails(StatusCode.NOT_FOUND, "POST_NOT_FOUND")
    (told,) = (await api.as_(ann).notification.ListNotifications()).notifications
    assert told.data["content_id"] == str(post_id)


async def test_what_waited_waits_no_longer_when_it_is_deleted(world: World, api: Api) -> None:
    ann, admin = await world.user(), await world.user(roles={"admin"})
    podcast_id = await podcast(world, ann, status="pending")
    await api.as_(admin).moderation.DeleteContent(content_type="podcast", content_id=podcast_id)
    assert not (await api.as_(admin).moderation.ListPending(creator_id=ann.id)).pending


async def test_nobody_deletes_their_own_by_virtue_of_a_role(world: World, api: Api) -> None:
    admin = await world.user(roles={"admin"})
    podcast_id = await podcast(world, admin)
    call = api.as_(admin).moderation.DeleteContent(content_type="podcast", content_id=podcast_id)
    await call.fails(StatusCode.PERMISSION_DENIED, "OWN_CASE")


async def test_each_of_many_gets_its_own_result(world: World, api: Api) -> None:
    ann, admin = await world.user(), await world.user(roles={"admin"})
    one, two, three, four = [await podcast(world, ann, status="pending") for _ in range(4)]
    mine = await podcast(world, admin, status="pending")
    wanted = [
        (APPROVE, one, ""),
        (REJECT, two, "Too loud."),
        (ARCHIVE, three, ""),
        (DELETE, four, ""),
        (APPROVE, one, ""),
        (REJECT, one, ""),
        (APPROVE, mine, ""),
        (DELETE, 2**62, ""),
    ]
    decisions = [
        {"action": action, "content_type": "podcast", "content_id": id_, "reason": why} for action, id_, why in wanted
    ]
    results = (await api.as_(admin).moderation.DecideInBulk(decisions=decisions)).results
    stands = [status_pb2.ReviewStatus.Name(each.content.status)[14:] for each in results[:4]]
    assert stands == ["APPROVED", "REJECTED", "ARCHIVED", "PENDING"]
    reasons = [each.failure.reason for each in results[4:]]
    assert reasons == ["STATUS_UNSUITABLE", "INVALID", "OWN_CASE", "SUBJECT_NOT_FOUND"]
    content = api.as_(ann).content
    status = [(await content.GetPodcast(podcast_id=each)).podcast.status for each in (one, two, three)]
    assert [status_pb2.ReviewStatus.Name(each)[14:] for each in status] == ["APPROVED", "REJECTED", "ARCHIVED"]
    await content.GetPodcast(podcast_id=four).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
    acts = (await api.as_(admin).moderation.ListAudit(actor=admin.id)).entries
    assert [(act.action, act.target_id) for act in acts] == [
        ("delete", four),
        ("archive", three),
        ("reject", two),
        ("approve", one),
    ]
    assert len((await api.as_(ann).notification.ListNotifications()).notifications) == 4


async def test_many_by_a_moderator_who_may_not_delete(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    one, two = await podcast(world, ann, status="pending"), await podcast(world, ann, status="pending")
    decisions = [
        {"action": DELETE, "content_type": "podcast", "content_id": one},
        {"action": APPROVE, "content_type": "podcast", "content_id": two},
    ]
    results = (await api.as_(mod).moderation.DecideInBulk(decisions=decisions)).results
    assert results[0].failure.reason == "ROLE_MISSING"
    assert results[1].content.content_id == two


@pytest.mark.parametrize("number", [0, 101])
async def test_at_least_one_and_at_most_a_hundred(world: World, api: Api, number: int) -> None:
    mod = await world.user(roles={"moderator"})
    decisions = [{"action": APPROVE, "content_type": "podcast", "content_id": 1}] * number
    call = api.as_(mod).moderation.DecideInBulk(decisions=decisions)
    assert (await call.fails(StatusCode.INVALID_ARGUMENT, "INVALID")).fields == ["decisions"]


async def test_a_hundred_at_once(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    ids = [await podcast(world, ann, status="pending") for _ in range(100)]
    decisions = [{"action": APPROVE, "content_type": "podcast", "content_id": each} for each in ids]
    results = (await api.as_(mod).moderation.DecideInBulk(decisions=decisions)).results
    assert [each.content.content_id for each in results] == ids
