"""Who sees what: every read of the catalogue × kind × status × viewer, generated so that none is forgotten."""

from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.kit.policy import methods_of
from cnt_grpc.pb.cnt.content.v1.content_service import SERVICE
from cnt_grpc.pb.cnt.content.v1.item_pb2 import SORT_POPULAR
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2
from tests.content import makers
from tests.content.kinds import ALL, Wire, each_kind
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

NO_ITEMS = {"ListCategories"}
"""Reads that show no item."""
WITH_ACCOUNT = {"GetPosition", "SavePosition", "RateMovie"}
"""Calls that tell whether an item is there, and need an account."""


class Reads:
    """All ways to learn of one item, as one viewer has them."""

    def __init__(self, api: Api, viewer: str, wire: Wire, row: Any) -> None:
        self._content = api.content
        self._has_account = viewer not in {"anonymous", "guest"}
        self._wire = wire
        self._id = row["id"]
        self._creator_id = row["creator_id"]
        self._status = status_pb2.ReviewStatus.Value(f"REVIEW_STATUS_{row['status'].upper()}")

    async def found_by(self) -> dict[str, bool]:
        """For each method that was tried, whether it showed the item."""
        wire = self._wire
        found = {
            f"Get{wire.noun}": await self._answers(f"Get{wire.noun}", **{wire.id: self._id}),
            "RecordPlay": await self._answers("RecordPlay", content_id=self._id, device_id="of a test"),
            **await self._lists(),
        }
        if wire.kind.name == "movie":
            found["ListSimilarMovies"] = await self._answers("ListSimilarMovies", movie_id=self._id)
        if self._has_account:
            found["GetPosition"] = await self._answers("GetPosition", content_id=self._id)
            found["SavePosition"] = await self._answers("SavePosition", content_id=self._id, position=7)
            if wire.kind.name == "movie":
                found["RateMovie"] = await self._answers("RateMovie", movie_id=self._id, rating=7)
        return found

    async def _answers(self, method: str, **fields: Any) -> bool:
        try:
            await getattr(self._content, method)(**fields)
        except ApiError as error:
            if (error.code, error.reason) != (StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND"):
                raise
            return False
        return True

    async def _lists(self) -> dict[str, bool]:
        method, of_creator = f"List{self._wire.nouns}", {"creator_id": self._creator_id}
        by_status = await self._lists_it(method, **of_creator, status=self._status)
        assert by_status == await self._lists_it(method, **of_creator, status=self._status, sort=SORT_POPULAR)
        return {method: by_status}

    async def leaks(self) -> list[str]:
        """The lists without a status that show the item although it is not approved, or hidden from the viewer."""
        lists: list[tuple[str, dict[str, Any]]] = [
            (f"List{self._wire.nouns}", {"page_size": 100}),
            *((method, {"page_size": 100}) for method in self._wire.lists),
        ]
        return [method for method, fields in lists if await self._lists_it(method, **fields)]

    async def _lists_it(self, method: str, **fields: Any) -> bool:
        page = await getattr(self._content, method)(**fields)
        return any(getattr(each, self._wire.id) == self._id for each in getattr(page, self._wire.many))


@each_kind
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("viewer", VIEWERS)
async def test_what_is_hidden_does_not_exist(world: World, api: Api, viewer: str, status: str, wire: Wire) -> None:
    creator = await world.user()
    async with world.db.transaction() as tx:
        row = await makers.item(tx, wire.kind, by=creator.id, status=status, featured=True)
    reads = Reads(await view(world, api, viewer, creator), viewer, wire, row)
    sees = status in VIEWERS[viewer]
    found = await reads.found_by()
    assert found == dict.fromkeys(found, sees)
    if not sees or status != "approved":
        assert await reads.leaks() == []


def test_every_read_is_tried() -> None:
    tried = {f"Get{wire.noun}" for wire in ALL} | {f"List{wire.nouns}" for wire in ALL} | {"ListSimilarMovies"}
    tried |= {method for wire in ALL for method in wire.lists} | {"GetPosition"}
    reads = {method.full_name.partition("/")[2] for method in methods_of(SERVICE) if method.only_reads}
    assert reads == tried | NO_ITEMS


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


@each_kind
async def test_hidden_and_unknown_are_answered_by_the_same_bytes(world: World, api: Api, wire: Wire) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        row = await makers.item(tx, wire.kind, by=ann.id, status="pending")
    for viewer in (api, api.as_(bob)):
        get = getattr(viewer.content, f"Get{wire.noun}")
        hidden = await get(**{wire.id: row["id"]}).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
        unknown = await get(**{wire.id: 2**62}).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
        assert hidden.wire == unknown.wire


@each_kind
async def test_the_id_of_another_kind_is_unknown(world: World, api: Api, wire: Wire) -> None:
    ann = await world.user(roles={"admin"})
    other = ALL[(ALL.index(wire) + 1) % len(ALL)]
    async with world.db.transaction() as tx:
        row = await makers.item(tx, other.kind, by=ann.id)
    for verb in ("Get", "Update", "Delete"):
        call = getattr(api.as_(ann).content, f"{verb}{wire.noun}")
        await call(**{wire.id: row["id"]}).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
