"""Who sees what: every read of the catalogue × kind × status × viewer, generated so that none is forgotten."""

from dataclasses import dataclass
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.kit import clock
from cnt_grpc.kit.rpc.policy import methods_of
from cnt_grpc.pb.cnt.content.v1 import artist_service, library_service
from cnt_grpc.pb.cnt.content.v1.content_service import SERVICE
from cnt_grpc.pb.cnt.content.v1.item_pb2 import SORT_POPULAR
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2
from tests.content import library_examples, makers
from tests.content.given import uploaded
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

NO_ITEMS = {
    "ListCategories",
    *("GetMyArtist", "ListArtists", "GetFollow", "ListFollowers", "ListFollowing"),
    *("ListPlaylists", "ListDrafts", "GetDraft"),
}
"""Reads that show no item. (What they count is in test_artists.py and test_library.py.)"""
WITH_ACCOUNT = {"GetPosition", "SavePosition", "RateMovie"}
"""Calls that tell whether an item is there, and need an account."""


WORD = "Unmistakable"
APPROVED = status_pb2.REVIEW_STATUS_APPROVED
KEYS = {"content": "content_id", "podcasts": "podcast_id"}
SERVICES = (SERVICE, artist_service.SERVICE, library_service.SERVICE)


@dataclass(frozen=True)
class Kept:
    """Where an item is kept besides its own lists."""

    playlist_id: int
    """Of the viewer, if they have an account."""
    share_key: str
    """Of somebody else, whom everyone meets."""
    artist_id: int
    viewer_meets_creator: bool


class Reads:
    """All ways to learn of one item, as one viewer has them."""

    def __init__(self, api: Api, viewer: str, wire: Wire, row: Any, kept: Kept) -> None:
        self._api = api
        self._kept = kept
        self._content = api.content
        # Moderators find what is not approved in lists that ask for a status, which an artist's do not.
        self._sees_all_of_artists = viewer not in {"moderator", "admin"} or row["status"] == "approved"
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
        found |= await self._of_artist()
        if wire.kind.name == "movie":
            found["ListSimilarMovies"] = await self._answers("ListSimilarMovies", movie_id=self._id)
        if self._has_account:
            found |= await self._library()
            found["GetPosition"] = await self._answers("GetPosition", content_id=self._id)
            found["SavePosition"] = await self._answers("SavePosition", content_id=self._id, position=7)
            if wire.kind.name == "movie":
                found["RateMovie"] = await self._answers("RateMovie", movie_id=self._id, rating=7)
        return found

    async def _of_artist(self) -> dict[str, bool]:
        """What lists of its artist and a playlist that somebody shares show of it, and count."""
        found = {}
        for method, many in (("ListArtistContent", "content"), ("ListArtistPodcasts", "podcasts")):
            if not self._kept.viewer_meets_creator or not self._sees_all_of_artists:
                continue
            if many == "content" or self._wire.kind is PODCAST:
                page = await getattr(self._api.artist, method)(artist_id=self._kept.artist_id)
                found[method] = any(getattr(each, KEYS[many]) == self._id for each in getattr(page, many))
        shared = await self._api.library.GetSharedPlaylist(share_key=self._kept.share_key)
        found["GetSharedPlaylist"] = [each.content_id for each in shared.items] == [self._id]
        assert shared.playlist.items_count == len(shared.items)
        return found

    async def _library(self) -> dict[str, bool]:
        """What the viewer, who once kept it, sees of it in what they keep, and whether they may keep it now."""
        library = self._api.library
        word: dict[str, Any] = {"content_type": self._wire.kind.name}
        playlist = await library.GetPlaylist(playlist_id=self._kept.playlist_id)
        assert playlist.playlist.items_count == len(playlist.items)
        favorites = [each.content_id for each in (await library.ListFavorites(**word)).favorites]
        checked = await library.CheckFavorite(**word, content_id=self._id)
        to_playlist = {"playlist_id": self._kept.playlist_id, "content_id": self._id}
        return {
            "GetPlaylist": [each.content_id for each in playlist.items] == [self._id],
            "ListFavorites": favorites == [self._id],
            "CheckFavorite": checked.is_favorite,
            "AddFavorite": await self._answers("AddFavorite", library, **word, content_id=self._id),
            "AddPlaylistItem": await self._answers("AddPlaylistItem", library, **to_playlist),
        }

    async def _answers(self, method: str, service: Any = None, /, **fields: Any) -> bool:
        try:
            await getattr(service or self._content, method)(**fields)
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
        leaks = [method for method, fields in lists if await self._lists_it(method, **fields)]
        groups = (await self._api.search.Search(q=WORD)).groups
        leaks += ["Search"] * any(each.id == self._id for group in groups for each in group.results)
        if self._has_account:
            feed = (await self._api.library.ListFollowingFeed(page_size=100)).content
            leaks += ["ListFollowingFeed"] * any(each.content_id == self._id for each in feed)
        feed = (await self._api.artist.GetArtistFeed(file=f"{self._kept.artist_id}.xml")).feed.data.decode()
        leaks += ["GetArtistFeed"] * (f">cnt-podcast-{self._id}<" in feed and self._status != APPROVED)
        return leaks

    async def _lists_it(self, method: str, **fields: Any) -> bool:
        page = await getattr(self._content, method)(**fields)
        return any(getattr(each, self._wire.id) == self._id for each in getattr(page, self._wire.many))


@each_kind
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("viewer", VIEWERS)
async def test_what_is_hidden_does_not_exist(world: World, api: Api, viewer: str, status: str, wire: Wire) -> None:
    creator = await world.user()
    async with world.db.transaction() as tx:
        row = await makers.item(tx, wire.kind, by=creator.id, status=status, featured=True, title=WORD)
    api_of_viewer, person = await view(world, api, viewer, creator)
    kept = await keep(world, viewer, person, creator, row["id"])
    reads = Reads(api_of_viewer, viewer, wire, row, kept)
    sees = status in VIEWERS[viewer]
    found = await reads.found_by()
    assert found == dict.fromkeys(found, sees)
    if not sees or status != "approved":
        assert await reads.leaks() == []


def test_every_read_is_tried() -> None:
    tried = {f"Get{wire.noun}" for wire in ALL} | {f"List{wire.nouns}" for wire in ALL} | {"ListSimilarMovies"}
    tried |= {method for wire in ALL for method in wire.lists} | {"GetPosition"}
    tried |= {"ListArtistContent", "ListArtistPodcasts", "GetSharedPlaylist", "GetPlaylist", "ListFavorites"}
    tried |= {"CheckFavorite", "ListFollowingFeed", "GetArtist", "GetArtistFeed"}
    methods = [method for service in SERVICES for method in methods_of(service)]
    reads = {method.full_name.partition("/")[2] for method in methods if method.only_reads}
    assert reads == tried | NO_ITEMS


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_an_artist_counts_what_everyone_sees(world: World, api: Api, viewer: str) -> None:
    creator = await world.user()
    async with world.db.transaction() as tx:
        artist_id = await makers.artist(tx, creator.id)
    media_id = await uploaded("audio")(world, creator)
    podcast = (await api.as_(creator).content.CreatePodcast(title="Hidden", media_id=media_id)).podcast
    api_of_viewer, _ = await view(world, api, viewer, creator)
    if viewer in {"blocked", "blocker"}:
        await api_of_viewer.artist.GetArtist(artist_id=artist_id).fails(StatusCode.NOT_FOUND, "ARTIST_NOT_FOUND")
        return
    assert (await api_of_viewer.artist.GetArtist(artist_id=artist_id)).artist.items_count == 0
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT count(*) AS number FROM search_documents WHERE ref = $1", podcast.podcast_id)
    assert row["number"] == 0


async def keep(world: World, viewer: str, person: Person | None, creator: Person, item_id: int) -> Kept:
    """The viewer has kept the item when they still saw it, and somebody shares it; all of it straight in the tables."""
    other = await world.user()
    playlist_id = await library_examples.playlist(world, person or other)
    shared_id = await library_examples.playlist(world, other, shared=True)
    for each in (playlist_id, shared_id):
        await library_examples.entry(world, each, item_id)
    if person is not None:
        await library_examples.favorite(world, person, item_id)
    async with world.db.transaction() as tx:
        artist_id = await makers.artist(tx, creator.id)
        if person is not None and person is not creator:
            await makers.follow(tx, person.id, creator.id)
    share_key = (await library_examples.share_key(world, other, shared_id))["share_key"]
    return Kept(playlist_id, share_key, artist_id, viewer not in {"blocked", "blocker"})


async def view(world: World, api: Api, viewer: str, creator: Person) -> tuple[Api, Person | None]:
    """The server as this viewer sees it, and who that is."""
    match viewer:
        case "anonymous":
            return api, None
        case "creator":
            return api.as_(creator), creator
        case "guest":
            person = await world.user(is_guest=True)
            return api.as_(person), person
        case "moderator" | "admin":
            person = await world.user(roles={viewer})
            return api.as_(person), person
    person = await world.user()
    pair = {"blocked": (creator.id, person.id), "blocker": (person.id, creator.id)}.get(viewer)
    if pair:
        async with world.db.transaction() as tx:
            sql = "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, $3)"
            await tx.raw(sql, *pair, clock.now())
    return api.as_(person), person


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
