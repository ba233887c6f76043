"""What holds for every kind of item, through the wire: made, shown, listed, changed, approved, deleted by one code."""

from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.content.rules.items import Filter, listed, shown
from cnt_grpc.kit import clock
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.media import Kind
from cnt_grpc.pb.cnt.content.v1.podcast_pb2 import ListPodcastsRequest
from cnt_grpc.pb.cnt.moderation.v1.status_pb2 import REVIEW_STATUS_APPROVED, REVIEW_STATUS_PENDING
from tests.content import makers
from tests.content.kinds import ALL, Wire, each_kind
from tests.harness.api import Api
from tests.harness.world import Person, World


async def uploaded(world: World, who: Person, kind: str) -> Any:
    """A file that this person has uploaded."""
    async with world.db.transaction() as tx:
        return await makers.FILES[kind](tx, who.id)


async def made(world: World, who: Person, wire: Wire, **given: Any) -> Any:
    """An item of this person."""
    async with world.db.transaction() as tx:
        return await makers.item(tx, wire.kind, by=who.id, **given)


def one(reply: Any, wire: Wire) -> Any:
    """The item in an answer."""
    return getattr(reply, wire.one)


@each_kind
async def test_it_is_made_shown_changed_and_deleted(world: World, api: Api, wire: Wire) -> None:
    ann = await world.user(roles={wire.role} - {""})
    content = api.as_(ann).content
    file = await uploaded(world, ann, wire.kind.media[0])
    new = await getattr(content, f"Create{wire.noun}")(title="Ruth", media_id=file["id"], **wire.new)
    item = one(new, wire)
    trusted = bool(wire.role)
    assert item.status == (REVIEW_STATUS_APPROVED if trusted else REVIEW_STATUS_PENDING)
    assert (item.title, item.media_id, item.creator_id) == ("Ruth", file["id"], ann.id)
    assert ("signature=" in item.media_url) != trusted
    for name, value in wire.new.items():
        assert getattr(item, name) == value
    item_id = getattr(item, wire.id)
    get = getattr(content, f"Get{wire.noun}")
    assert one(await get(**{wire.id: item_id}), wire) == item
    changed = one(await getattr(content, f"Update{wire.noun}")(**{wire.id: item_id}, title="Boas"), wire)
    assert changed.title == "Boas"
    item.title = "Boas"
    assert changed == item
    await getattr(content, f"Delete{wire.noun}")(**{wire.id: item_id})
    await get(**{wire.id: item_id}).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")


@each_kind
async def test_a_list_shows_what_a_get_shows_but_for_the_details(world: World, api: Api, wire: Wire) -> None:
    ann, bob = await world.users(2)
    row = await made(world, ann, wire, cover=True)
    page = await getattr(api.as_(bob).content, f"List{wire.nouns}")(creator_id=ann.id)
    (found,) = getattr(page, wire.many)
    got = one(await getattr(api.content, f"Get{wire.noun}")(**{wire.id: row["id"]}), wire)
    for name in wire.of_details:
        got.ClearField(name)
    assert found == got


@each_kind
async def test_what_it_cannot_be_made_of(world: World, api: Api, wire: Wire) -> None:
    ann = await world.user(roles={wire.role} - {""})
    wrong = next(kind for kind in Kind if kind not in wire.kind.media)
    file = await uploaded(world, ann, wrong)
    create = getattr(api.as_(ann).content, f"Create{wire.noun}")
    await create(title="Ruth", media_id=file["id"], **wire.new).fails(StatusCode.INVALID_ARGUMENT, "MEDIA_WRONG_KIND")


@each_kind
async def test_moderators_reach_it(world: World, api: Api, wire: Wire) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    row = await made(world, ann, wire, status="pending")
    moderation = api.as_(mod).moderation
    (waiting,) = (await moderation.ListPending(creator_id=ann.id)).pending
    assert (waiting.content_type, waiting.content_id) == (wire.kind.name, row["id"])
    named = {"content_type": wire.kind.name, "content_id": row["id"]}
    await moderation.RejectContent(**named, reason="Too loud.")
    await moderation.ApproveContent(**named)
    item = one(await getattr(api.content, f"Get{wire.noun}")(**{wire.id: row["id"]}), wire)
    assert item.status == REVIEW_STATUS_APPROVED
    assert "signature=" not in item.media_url
    (found,) = (await moderation.ListContent(creator_id=ann.id, content_type=wire.kind.name)).content
    assert found.content_id == row["id"]
    told = [
        notice.data["content_type"] for notice in (await api.as_(ann).notification.ListNotifications()).notifications
    ]
    assert told == [wire.kind.name] * 2


@pytest.mark.parametrize("wire", [wire for wire in ALL if not wire.role], ids=lambda wire: wire.one)
async def test_what_a_moderator_looked_at_waits_again_when_it_changes(world: World, api: Api, wire: Wire) -> None:
    ann = await world.user()
    for name in ("title", "description", *sorted(wire.kind.reviewed)):
        row = await made(world, ann, wire)
        update = getattr(api.as_(ann).content, f"Update{wire.noun}")
        changed = one(await update(**{wire.id: row["id"], name: "Another"}), wire)
        assert changed.status == REVIEW_STATUS_PENDING, name


@each_kind
@pytest.mark.parametrize("size", [1, 20, 100])
async def test_one_statement_whatever_the_size_of_the_page(world: World, wire: Wire, size: int) -> None:
    ann = await world.user()
    for _ in range(25):
        await made(world, ann, wire)
    page = Page.of(ListPodcastsRequest(page_size=size), method="test")
    async with world.db.reading() as tx:
        rows, _ = await listed(tx, Caller(), wire.kind, Filter(creator_id=ann.id), page)
        assert (len(rows), tx.statements) == (min(size, 25), 1)
    async with world.db.reading() as tx:
        await shown(tx, Caller(user_id=ann.id), wire.kind, rows[0]["id"])
        assert tx.statements == 1


@pytest.mark.parametrize(
    "wire", [wire for wire in ALL if wire.kind.name in {"movie", "music"}], ids=lambda wire: wire.one
)
async def test_only_what_moderators_put_forward(world: World, api: Api, wire: Wire) -> None:
    ann = await world.user()
    now = clock.now()
    ids = [(await made(world, ann, wire, featured=bool(n % 2), at=now - timedelta(minutes=n)))["id"] for n in range(4)]
    page = await getattr(api.content, f"List{wire.nouns}")(creator_id=ann.id, featured=True)
    assert [getattr(each, wire.id) for each in getattr(page, wire.many)] == [ids[1], ids[3]]
