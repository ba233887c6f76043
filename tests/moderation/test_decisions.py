"""What moderators decide, through the wire: who may, from where to where, what follows, and who is told."""

import asyncio
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Invalid, NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Status
from cnt_grpc.moderation.rules.decisions import Wanted, decide_in_bulk
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2
from cnt_grpc.pb.cnt.notification.v1 import notification_pb2
from tests.content import makers
from tests.harness.api import Api
from tests.harness.world import Person, World

DECISIONS = {"ApproveContent": "approved", "RejectContent": "rejected", "ArchiveContent": "archived"}
POSSIBLE = {
    ("pending", "approved"),
    ("rejected", "approved"),
    ("archived", "approved"),
    ("pending", "rejected"),
    ("approved", "rejected"),
    ("pending", "archived"),
    ("approved", "archived"),
    ("rejected", "archived"),
}


async def made(world: World, who: Person, **given: Any) -> int:
    """The id of a podcast of this person."""
    async with world.db.transaction() as tx:
        row = await makers.podcast(tx, by=who.id, **given)
    podcast_id: int = row["id"]
    return podcast_id


def named(status: str) -> int:
    """The contract's number for a status."""
    return status_pb2.ReviewStatus.Value(f"REVIEW_STATUS_{status.upper()}")


async def test_approving_shows_it_to_everyone_and_tells_its_creator(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    podcast_id = await made(world, ann, status="pending", title="Ruth")
    reply = await api.as_(mod).moderation.ApproveContent(content_type="podcast", content_id=podcast_id)
    assert (reply.content.content_id, reply.content.title) == (podcast_id, "Ruth")
    assert (reply.content.creator_id, reply.content.status) == (ann.id, named("approved"))
    shown = (await api.content.GetPodcast(podcast_id=podcast_id)).podcast
    assert "signature=" not in shown.media_url
    (told,) = (await api.as_(ann).notification.ListNotifications()).notifications
    assert told.type == notification_pb2.NOTIFICATION_TYPE_CONTENT_APPROVED
    assert dict(told.data) == {"content_type": "podcast", "content_id": str(podcast_id), "content_title": "Ruth"}
    assert not (await api.as_(mod).notification.ListNotifications()).notifications


async def test_rejecting_hides_it_and_tells_its_creator_why(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    podcast_id = await made(world, ann, title="Ruth")
    reply = await api.as_(mod).moderation.RejectContent(
        content_type="podcast", content_id=podcast_id, reason="Too loud."
    )
    assert (reply.content.status, reply.content.reason) == (named("rejected"), "Too loud.")
    await api.content.GetPodcast(podcast_id=podcast_id).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
    (told,) = (await api.as_(ann).notification.ListNotifications()).notifications
    assert told.type == notification_pb2.NOTIFICATION_TYPE_CONTENT_REJECTED
    assert told.data["reason"] == "Too loud."


async def test_rejecting_needs_a_reason(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    podcast_id = await made(world, ann)
    call = api.as_(mod).moderation.RejectContent(content_type="podcast", content_id=podcast_id)
    assert (await call.fails(StatusCode.INVALID_ARGUMENT, "INVALID")).fields == ["reason"]


@pytest.mark.parametrize("was", ["pending", "approved", "rejected", "archived"])
@pytest.mark.parametrize("decision", DECISIONS)
async def test_from_where_to_where(world: World, api: Api, was: str, decision: str) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    podcast_id = await made(world, ann, status=was)
    call = getattr(api.as_(mod).moderation, decision)(content_type="podcast", content_id=podcast_id, reason="So.")
    now = DECISIONS[decision]
    if (was, now) in POSSIBLE:
        assert (await call).content.status == named(now)
    else:
        await call.fails(StatusCode.FAILED_PRECONDITION, "STATUS_UNSUITABLE", status=was)
        assert not (await api.as_(ann).notification.ListNotifications()).notifications


@pytest.mark.parametrize("decision", DECISIONS)
async def test_nobody_decides_on_what_they_made(world: World, api: Api, decision: str) -> None:
    ann = await world.user(roles={"admin"})
    podcast_id = await made(world, ann, status="pending")
    call = getattr(api.as_(ann).moderation, decision)(content_type="podcast", content_id=podcast_id, reason="Mine.")
    await call.fails(StatusCode.PERMISSION_DENIED, "OWN_CASE")


@pytest.mark.parametrize("decision", DECISIONS)
async def test_what_is_not_there(world: World, api: Api, decision: str) -> None:
    mod = await world.user(roles={"moderator"})
    call = getattr(api.as_(mod).moderation, decision)(content_type="podcast", content_id=2**62, reason="Gone.")
    await call.fails(StatusCode.NOT_FOUND, "SUBJECT_NOT_FOUND")


async def test_of_two_moderators_one_decides(world: World, api: Api) -> None:
    ann = await world.user()
    mods = [await world.user(roles={"moderator"}) for _ in range(4)]
    podcast_id = await made(world, ann, status="pending")
    calls = [
        api.as_(mod).moderation.ApproveContent(content_type="podcast", content_id=podcast_id)._one() for mod in mods
    ]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert len((await api.as_(ann).notification.ListNotifications()).notifications) == 1


class Emptiness:
    """A kind of which there is nothing; it writes down what it is asked for, and so what would be locked."""

    def __init__(self, name: str, asked: list[tuple[str, int]]) -> None:
        self.name = name
        self._asked = asked

    async def load(self, _: Tx, subject_id: int) -> None:
        self._asked.append((self.name, subject_id))


async def test_many_subjects_are_locked_in_one_order_and_answered_in_the_callers(world: World) -> None:
    asked: list[tuple[str, int]] = []
    kinds: Any = {name: Emptiness(name, asked) for name in ("event", "post")}
    order = [("post", 2), ("event", 9), ("post", 1), ("event", 3)]
    wanted = [
        Wanted(kind_name=name, subject_id=subject_id, status=Status.REJECTED, reason="" if subject_id == 9 else "No.")
        for name, subject_id in order
    ]
    async with world.db.transaction() as tx:
        outcomes = await decide_in_bulk(tx, kinds, Caller(1, roles=frozenset({"moderator"})), wanted)
    assert asked == [("event", 3), ("post", 1), ("post", 2)]
    assert [type(each) for each in outcomes] == [NotFound, Invalid, NotFound, NotFound]
