"""Who sees what: every read of the catalogue × kind × status × viewer, generated so that none is forgotten."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.content.kinds import MOVIE, PODCAST
from cnt_grpc.content.queries import items as queries
from cnt_grpc.content.rules import finding
from cnt_grpc.content.rules.standing import STANDINGS
from cnt_grpc.kit import clock
from cnt_grpc.kit.rpc.policy import methods_of
from cnt_grpc.moderation import Gate, Status
from cnt_grpc.pb.cnt.content.v1 import artist_service, library_service
from cnt_grpc.pb.cnt.content.v1.content_service import SERVICE
from cnt_grpc.pb.cnt.content.v1.item_pb2 import SORT_POPULAR
from cnt_grpc.pb.cnt.media.v1 import media_service, upload_service
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2
from cnt_grpc.pb.cnt.search.v1 import search_service
from tests.content import library_examples, makers
from tests.content.given import uploaded
from tests.content.kinds import ALL, Wire, each_kind
from tests.content.test_movies import animated_category
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
    *("GetArtist", "GetUpload", "ListDefaultThumbnails"),
}
"""Reads that show no item. (What they count is below, in test_artists.py and in test_library.py.)"""
WITH_ACCOUNT = {"GetPosition", "SavePosition", "RateMovie"}
"""Calls that tell whether an item is there, and need an account."""


KEYS = {"content": "content_id", "podcasts": "podcast_id"}
SERVICES = (
    SERVICE,
    artist_service.SERVICE,
    library_service.SERVICE,
    search_service.SERVICE,
    media_service.SERVICE,
    upload_service.SERVICE,
)


@dataclass(frozen=True)
class Kept:
    """Where an item is kept besides its own lists."""

    playlist_id: int
    """Of the viewer, if they have an account."""
    share_key: str
    """Of somebody else, whom everyone meets."""
    artist_id: int
    viewer_meets_creator: bool
    follows: bool
    """Whether the viewer follows the creator."""
    media_id: int
    media_key: str
    """Of its file."""


class Reads:
    """All ways to learn of one item, as one viewer has them."""

    def __init__(self, api: Any, viewer: str, wire: Wire, row: Any, kept: Kept) -> None:
        self._api = api
        self._word = row["title"]
        self._is_hidden = row["status"] != "approved" or row["status"] not in VIEWERS[viewer]
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

    async def shown_by(self, animated_id: int) -> dict[str, bool]:
        """For each list of everybody's, without a status, whether it shows the item.

        `animated_id`: a film that stands like the item, for the list that shows no others.
        """
        found = {f"List{self._wire.nouns}": await self._lists_it(f"List{self._wire.nouns}", page_size=100)}
        for method in self._wire.lists:
            item_id = animated_id if method == "ListAnimatedBibleStories" else self._id
            found[method] = await self._lists_it(method, item_id, page_size=100)
        groups = (await self._api.search.Search(q=self._word)).groups
        found["Search"] = any(each.id == self._id for group in groups for each in group.results)
        if self._has_account and self._kept.follows:
            feed = (await self._api.library.ListFollowingFeed(page_size=100)).content
            found["ListFollowingFeed"] = any(each.content_id == self._id for each in feed)
        return found

    async def is_in_feed(self) -> bool:
        """Whether the feed of its artist, which is the same for everyone, has it."""
        feed = (await self._api.artist.GetArtistFeed(file=f"{self._kept.artist_id}.xml")).feed.data.decode()
        return f">cnt-podcast-{self._id}<" in feed

    async def file_is_found(self) -> dict[str, bool]:
        """Whether its file can be asked for."""
        found = {}
        if self._wire.kind.media[0] != "document":
            length = self._api.media.GetMediaDuration
            found["GetMediaDuration"] = await self._finds(length(path=self._kept.media_key))
        if self._has_account:
            found["GetMedia"] = await self._finds(self._api.media.GetMedia(media_id=self._kept.media_id))
        return found

    async def _finds(self, call: Any) -> bool:
        try:
            await call
        except ApiError as error:
            if (error.code, error.reason) != (StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND"):
                raise
            return False
        return True

    async def _lists_it(self, method: str, item_id: int = 0, **fields: Any) -> bool:
        """Whether a list shows it, on whichever page."""
        token = ""
        while True:
            page = await getattr(self._content, method)(**fields, page_token=token)
            if any(getattr(each, self._wire.id) == (item_id or self._id) for each in getattr(page, self._wire.many)):
                return True
            token = page.next_page_token
            if not token or self._is_hidden:
                # What is hidden would stand among the newest: they are enough.
                return False


@dataclass(frozen=True)
class Watched:
    """A server that writes down which of its methods are called."""

    of: Any
    called: set[str]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.of, name)
        if not name[0].isupper():
            return Watched(found, self.called)
        self.called.add(name)
        return found


async def made(world: World, wire: Wire, creator: Person, status: str, word: str, **given: Any) -> Any:
    """An item that everyone saw, and then stood like this, with all that follows from both."""
    async with world.db.transaction() as tx:
        row = await makers.item(tx, wire.kind, by=creator.id, featured=True, title=word, **given)
        await finding.index_item(tx, wire.kind, row["id"])
    if status != Status.APPROVED:
        async with world.db.transaction() as tx:
            by_moderator = status != Status.PENDING
            move = STANDINGS[wire.kind].move
            await move(tx, row["id"], was=Status.APPROVED, now=Status(status), by_moderator=by_moderator, reason="No.")
            moved = await tx.one(queries.visible_item(wire.kind, Gate.ALL), item_id=row["id"])
            assert moved is not None
            return moved
    return row


async def tried(world: World, api: Api, wire: Wire, status: str, viewer: str) -> set[str]:
    """Have one viewer try every way to an item, and see that all say the same; the methods that were called."""
    creator = await world.user()
    word = f"Unmistakable{creator.id}"
    api_of_viewer, person = await view(world, api, viewer, creator)
    row = await made(world, wire, creator, status, word)
    animated_id = 0
    if wire.kind is MOVIE:
        category_id = await animated_category(world)
        animated_id = (await made(world, wire, creator, status, "Drawn", category_id=category_id))["id"]
    kept = await keep(world, viewer, person, creator, row["id"])
    called: set[str] = set()
    reads = Reads(Watched(api_of_viewer, called), viewer, wire, row, kept)
    sees = status in VIEWERS[viewer]
    found = await reads.found_by()
    assert found == dict.fromkeys(found, sees)
    is_public = status == "approved"
    shown = {"": not is_public}
    deadline = time.monotonic() + 60
    while shown != dict.fromkeys(shown, sees and is_public) and time.monotonic() < deadline:
        shown = await reads.shown_by(animated_id)  # again, while what anonymous callers get is a second old
        if not (sees and is_public):
            break
        await asyncio.sleep(0.1)
    assert shown == dict.fromkeys(shown, sees and is_public)
    if wire.kind is PODCAST:
        assert await reads.is_in_feed() == is_public
    files = await reads.file_is_found()
    if "GetMediaDuration" in files:
        assert files.pop("GetMediaDuration") == (is_public or viewer in {"creator", "moderator", "admin"})
    assert files == dict.fromkeys(files, viewer == "creator")
    return called


@each_kind
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("viewer", VIEWERS)
async def test_what_is_hidden_does_not_exist(world: World, api: Api, viewer: str, status: str, wire: Wire) -> None:
    await tried(world, api, wire, status, viewer)


async def test_every_read_is_tried(world: World, api: Api) -> None:
    called: set[str] = set()
    for wire in ALL:
        called |= await tried(world, api, wire, "approved", "another")
    methods = [method for service in SERVICES for method in methods_of(service)]
    reads = {method.full_name.partition("/")[2] for method in methods if method.only_reads}
    assert reads - called == NO_ITEMS


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
    async with world.db.transaction() as tx:
        sql = "SELECT m.id, m.key FROM content_items i JOIN media_objects m ON m.id = i.media_id WHERE i.id = $1"
        [file] = await tx.raw(sql, item_id)
    return Kept(
        playlist_id=playlist_id,
        share_key=share_key,
        artist_id=artist_id,
        viewer_meets_creator=viewer not in {"blocked", "blocker"},
        follows=person is not None and person is not creator,
        media_id=file["id"],
        media_key=file["key"],
    )


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
