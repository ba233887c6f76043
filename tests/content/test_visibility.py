"""Who sees what: every read of the catalogue for every status and every viewer, generated so that none is forgotten."""

from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.content.v1.item_pb2 import SORT_POPULAR
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2
from tests.content import makers
from tests.harness.api import Api, ApiError
from tests.harness.world import Person, World

STATUSES = ("pending", "approved", "rejected", "archived")
VIEWERS = {
    "anonymous": {"approved"},
    "guest": {"approved"},
    "another": {"approved"},
    "blocked": set(),
    "blocker": set(),
    "creator": set(STATUSES),
    "moderator": set(STATUSES),
    "admin": set(STATUSES),
}
"""Which statuses each of these sees of an item that `creator` made."""


async def seen_by_get(api: Api, podcast_id: int, creator_id: int, status: int) -> bool:
    """Whether GetPodcast shows it."""
    try:
        await api.content.GetPodcast(podcast_id=podcast_id)
    except ApiError as error:
        if (error.code, error.reason) != (StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND"):
            raise
        return False
    return True


async def seen_by_list(api: Api, podcast_id: int, creator_id: int, status: int) -> bool:
    """Whether any list shows it: of the person or of all, of its status or of none in particular, in either order."""
    lists: list[dict[str, Any]] = [
        {"creator_id": creator_id},
        {"creator_id": creator_id, "status": status},
        {"creator_id": creator_id, "status": status, "sort": SORT_POPULAR},
        {"status": status, "page_size": 100},
    ]
    found = [
        any(podcast.podcast_id == podcast_id for podcast in (await api.content.ListPodcasts(**each)).podcasts)
        for each in lists
    ]
    assert found[1] == found[2]
    # The last may be longer than a page: that it does not show the item proves nothing.
    return any(found)


@pytest.mark.parametrize("seen", [seen_by_get, seen_by_list])
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("viewer", VIEWERS)
async def test_what_is_hidden_does_not_exist(world: World, api: Api, viewer: str, status: str, seen: Any) -> None:
    creator = await world.user()
    async with world.db.transaction() as tx:
        podcast = await makers.podcast(tx, by=creator.id, status=status)
    seen_from = await view(world, api, viewer, creator)
    number = status_pb2.ReviewStatus.Value(f"REVIEW_STATUS_{status.upper()}")
    assert await seen(seen_from, podcast["id"], creator.id, number) == (status in VIEWERS[viewer])


async def view(world: World, api: Api, viewer: str, creator: Person) -> Api:
    """The server as this viewer sees it."""
    match viewer:
        case "anonymous":
            return api
        case "creator":
            return api.as_(creator)
        case "guest":
            return api.as_(await world.user(is_guest=True))
        case "moderator" | "admin":
            return api.as_(await world.user(roles={viewer}))
    person = await world.user()
    pair = {"blocked": (creator.id, person.id), "blocker": (person.id, creator.id)}.get(viewer)
    if pair:
        async with world.db.transaction() as tx:
            sql = "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, $3)"
            await tx.raw(sql, *pair, clock.now())
    return api.as_(person)


async def test_hidden_and_unknown_are_answered_by_the_same_bytes(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        podcast = await makers.podcast(tx, by=ann.id, status="pending")
    for viewer in (api, api.as_(bob)):
        hidden = await viewer.content.GetPodcast(podcast_id=podcast["id"]).fails(
            StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND"
        )
        unknown = await viewer.content.GetPodcast(podcast_id=2**62).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
        assert hidden.wire == unknown.wire
