"""What moderators see: what waits, and everything."""

from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.kit.paging import Page
from cnt_grpc.moderation import Filter, Kinds, Status, Subject
from cnt_grpc.moderation.rules.lists import everything
from cnt_grpc.pb.cnt.moderation.v1.moderation_service_pb2 import ListContentRequest
from cnt_grpc.pb.cnt.moderation.v1.status_pb2 import REVIEW_STATUS_APPROVED, REVIEW_STATUS_REJECTED
from tests.content import makers
from tests.harness.api import Api
from tests.harness.world import Person, World


async def made(world: World, who: Person, *statuses: str, **given: Any) -> list[int]:
    """The ids of podcasts of this person with these statuses, each a minute older than the one before."""
    async with world.db.transaction() as tx:
        now = clock.now()
        return [
            (await makers.podcast(tx, by=who.id, status=status, at=now - timedelta(minutes=age), **given))["id"]
            for age, status in enumerate(statuses)
        ]


async def test_what_waits_comes_in_the_order_of_waiting(world: World, api: Api) -> None:
    ann, mod = await world.user(name="Ann"), await world.user(roles={"moderator"})
    ids = [(await made(world, ann, status))[0] for status in ("pending", "approved", "pending", "rejected")]
    reply = await api.as_(mod).moderation.ListPending(creator_id=ann.id)
    assert [row.content_id for row in reply.pending] == [ids[0], ids[2]]
    assert all(row.HasField("pending_since") for row in reply.pending)
    assert (reply.pending[0].content_type, reply.pending[0].creator_name) == ("podcast", "Ann")
    everyones = await api.as_(mod).moderation.ListPending(page_size=100)
    assert everyones.pending


async def test_what_is_decided_waits_no_longer_and_what_is_changed_waits_anew(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    (podcast_id,) = await made(world, ann, "pending")
    moderation = api.as_(mod).moderation
    await moderation.ApproveContent(content_type="podcast", content_id=podcast_id)
    assert not (await moderation.ListPending(creator_id=ann.id)).pending
    for title in ("Boas", "Naomi"):
        await api.as_(ann).content.UpdatePodcast(podcast_id=podcast_id, title=title)
        (row,) = (await moderation.ListPending(creator_id=ann.id)).pending
        assert row.title == title


async def test_everything_newest_first_and_by_status(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    ids = await made(world, ann, "approved", "pending", "rejected", "approved", "archived")
    show = api.as_(mod).moderation.ListContent
    assert [row.content_id for row in (await show(creator_id=ann.id)).content] == ids
    approved = await show(creator_id=ann.id, status=REVIEW_STATUS_APPROVED, content_type="podcast")
    assert [row.content_id for row in approved.content] == [ids[0], ids[3]]
    rejected = await show(creator_id=ann.id, status=REVIEW_STATUS_REJECTED)
    assert [row.content_id for row in rejected.content] == [ids[2]]


async def test_an_unknown_kind_is_invalid(world: World, api: Api) -> None:
    mod = await world.user(roles={"moderator"})
    call = api.as_(mod).moderation.ListContent(content_type="sermon")
    assert (await call.fails(StatusCode.INVALID_ARGUMENT, "INVALID")).fields == ["content_type"]


class Shelf:
    """A kind of thing with ids of its own, kept in memory."""

    def __init__(self, name: str, rows: list[tuple[int, int]]) -> None:
        self.name = name
        begin = clock.now().replace(microsecond=0)
        self.subjects = [
            Subject(name, id_, "", 1, "", "", Status.APPROVED, "", begin, begin + timedelta(minutes=at))
            for at, id_ in sorted(rows, reverse=True)
        ]

    async def page(self, tx: object, wanted: Filter, after: Any, limit: int) -> list[Subject]:
        """Newest first."""
        return [each for each in self.subjects if after is None or (each.listed_at, each.id) < after][:limit]


@pytest.mark.parametrize("size", [1, 2, 3, 10])
async def test_pages_of_several_kinds_hold_each_row_once(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now().replace(microsecond=0)
    monkeypatch.setattr("tests.moderation.test_lists.clock.now", lambda: moment)
    shelves = [
        Shelf("event", [(1, 5), (2, 5), (2, 4), (3, 9)]),
        Shelf("podcast", [(2, 5), (2, 6), (3, 1)]),
        Shelf("story", [(2, 5), (2, 1), (0, 2)]),
    ]
    expected = sorted(
        (subject for shelf in shelves for subject in shelf.subjects),
        key=lambda subject: (-subject.listed_at.timestamp(), subject.kind, -subject.id),
    )
    seen: list[Subject] = []
    token = ""
    while True:
        page = Page.of(ListContentRequest(page_size=size, page_token=token), method="test")
        rows, token = await everything(None, Kinds(shelves), "", Filter(), page)  # type: ignore[arg-type]
        seen += rows
        if not token:
            break
    assert seen == expected
