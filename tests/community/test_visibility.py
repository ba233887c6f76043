"""Who sees what: every read of the room × status × viewer, generated so that none is forgotten."""

from collections.abc import Mapping
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.kit.rpc.policy import methods_of
from cnt_grpc.pb.cnt.community.v1.community_service import SERVICE
from tests.community import makers
from tests.community.test_watching import Watch
from tests.harness.api import Api, ApiError
from tests.harness.world import Person, World

STATUSES = ("pending", "approved", "rejected", "archived")
VIEWERS: Mapping[str, set[str]] = {
    "anonymous": {"approved"},
    "guest": {"approved"},
    "another": {"approved"},
    "blocked": set(),
    "blocker": set(),
    "author": set(STATUSES),
    "moderator": set(STATUSES),
    "admin": set(STATUSES),
}
"""Which statuses each of these sees of a post that `author` wrote."""
BY_ID = ("GetPost", "ListComments", "GetCarouselImage")
"""Reads that name a post."""
TELLING = {"ToggleLike": {}, "LikePost": {}, "UnlikePost": {}, "CreateComment": {"content": "Amen."}}
"""Calls that need an account, and tell whether a post is there."""
LISTS = ("ListPosts", "ListUserPosts", "ListFeed")
WATCHED = "WatchPosts"


class Reads:
    """All ways to learn of one post, as one viewer has them."""

    def __init__(self, api: Api, viewer: str, author: Person, post_id: int) -> None:
        self._api = api
        self._has_account = viewer not in {"anonymous", "guest"}
        self._author = author
        self._id = post_id
        self._sees_all = viewer in {"moderator", "admin"}

    async def found_by(self) -> dict[str, bool]:
        """For each method that names the post, whether it told of it."""
        found = {method: await self._answers(method) for method in BY_ID}
        if self._has_account:
            found |= {method: await self._answers(method, **fields) for method, fields in TELLING.items()}
        async with Watch(self._api, self._id) as watch:
            found[WATCHED] = self._id in await watch.begin()
        return found

    async def listed_by(self) -> dict[str, bool]:
        """For each list, whether it shows the post."""
        fields: dict[str, dict[str, Any]] = {
            "ListPosts": {"user_id": self._author.id},
            "ListUserPosts": {"user_id": self._author.id},
            "ListFeed": {"page_size": 100},
        }
        if not self._has_account:
            del fields["ListFeed"]
        found = {method: await self._lists(method, **given) for method, given in fields.items()}
        return found | {"ListPosts of all": await self._lists("ListPosts", page_size=100)}

    async def _answers(self, method: str, **fields: Any) -> bool:
        try:
            await getattr(self._api.community, method)(post_id=self._id, **fields)
        except ApiError as error:
            if (error.code, error.reason) != (StatusCode.NOT_FOUND, "POST_NOT_FOUND"):
                raise
            return False
        return True

    async def _lists(self, method: str, **fields: Any) -> bool:
        page = await getattr(self._api.community, method)(**fields)
        return any(each.post_id == self._id for each in page.posts)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("viewer", VIEWERS)
async def test_what_is_hidden_does_not_exist(world: World, api: Api, viewer: str, status: str) -> None:
    author = await world.user()
    post_id = await makers.made(world, author, status=status)
    reads = Reads(await view(world, api, viewer, author), viewer, author, post_id)
    sees = status in VIEWERS[viewer]
    found = await reads.found_by()
    assert found == dict.fromkeys(found, sees)
    listed = await reads.listed_by()
    if status == "approved":
        # The shared list of an anonymous caller may be a second old.
        del listed["ListPosts of all"]
        assert listed == dict.fromkeys(listed, sees)
    else:
        # Lists show what is public, and authors all that is theirs when they ask for it.
        own = viewer == "author"
        of_author = {"ListPosts": own, "ListUserPosts": own}
        assert listed == dict.fromkeys(listed, False) | of_author


def test_every_read_is_tried() -> None:
    reads = {method.full_name.partition("/")[2] for method in methods_of(SERVICE) if method.only_reads}
    assert reads == {*BY_ID, *LISTS, WATCHED}


async def view(world: World, api: Api, viewer: str, author: Person) -> Api:
    """The server as this viewer sees it."""
    match viewer:
        case "anonymous":
            return api
        case "author":
            return api.as_(author)
        case "guest":
            return api.as_(await world.user(is_guest=True))
        case "moderator" | "admin":
            return api.as_(await world.user(roles={viewer}))
    person = await world.user()
    pair = {"blocked": (author.id, person.id), "blocker": (person.id, author.id)}.get(viewer)
    if pair:
        async with world.db.transaction() as tx:
            sql = "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, $3)"
            await tx.raw(sql, *pair, clock.now())
    return api.as_(person)


async def test_hidden_and_unknown_are_answered_by_the_same_bytes(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann, status="pending")
    for viewer in (api, api.as_(bob)):
        for method in BY_ID:
            call = getattr(viewer.community, method)
            hidden = await call(post_id=post_id).fails(StatusCode.NOT_FOUND, "POST_NOT_FOUND")
            unknown = await call(post_id=2**62).fails(StatusCode.NOT_FOUND, "POST_NOT_FOUND")
            assert hidden.wire == unknown.wire
