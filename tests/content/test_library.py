"""Playlists, favourites, drafts and the feed, through the wire."""

import json
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Value
from grpc import StatusCode

from cnt_grpc.content.kinds import MOVIE, MUSIC, PODCAST
from cnt_grpc.content.rules.drafts import LARGEST_STATE
from cnt_grpc.pb.cnt.content.v1.draft_pb2 import DRAFT_STATUS_EDITING, DRAFT_STATUS_READY
from tests.content import makers
from tests.content.given import made, uploaded
from tests.content.kinds import Wire, each_kind
from tests.harness.api import Api
from tests.harness.world import Person, World


async def playlist_of(world: World, api: Api, who: Person, number: int) -> tuple[int, list[int]]:
    """A playlist with so many podcasts, and their ids."""
    library = api.as_(who).library
    playlist_id = (await library.CreatePlaylist(name="To sing")).playlist.playlist_id
    items = [await made(world, who, PODCAST) for _ in range(number)]
    for item_id in items:
        await library.AddPlaylistItem(playlist_id=playlist_id, content_id=item_id)
    return playlist_id, items


async def order(api: Api, who: Person, playlist_id: int) -> list[int]:
    """The ids of a playlist's items."""
    shown = await api.as_(who).library.GetPlaylist(playlist_id=playlist_id, page_size=100)
    return [each.content_id for each in shown.items]


async def test_a_playlist_keeps_the_order_in_which_items_came(world: World, api: Api) -> None:
    ann = await world.user()
    playlist_id, items = await playlist_of(world, api, ann, 4)
    assert await order(api, ann, playlist_id) == items
    again = await api.as_(ann).library.AddPlaylistItem(playlist_id=playlist_id, content_id=items[0])
    assert again.playlist.items_count == 4
    assert await order(api, ann, playlist_id) == items


@pytest.mark.parametrize(("item", "to", "after"), [(0, 2, "bcad"), (3, 0, "dabc"), (1, 1, "abcd"), (0, 99, "bcda")])
async def test_an_item_moves_to_a_place(world: World, api: Api, item: int, to: int, after: str) -> None:
    ann = await world.user()
    playlist_id, items = await playlist_of(world, api, ann, 4)
    await api.as_(ann).library.MovePlaylistItem(playlist_id=playlist_id, content_id=items[item], position=to)
    names = dict(zip(items, "abcd", strict=True))
    assert "".join(names[each] for each in await order(api, ann, playlist_id)) == after


async def test_one_call_puts_all_into_another_order(world: World, api: Api) -> None:
    ann = await world.user()
    playlist_id, [a, b, c, d] = await playlist_of(world, api, ann, 4)
    await api.as_(ann).library.UpdatePlaylist(playlist_id=playlist_id, content_ids=[d, 2**62, b])
    assert await order(api, ann, playlist_id) == [d, b, a, c]
    await api.as_(ann).library.RemovePlaylistItem(playlist_id=playlist_id, content_id=b)
    await api.as_(ann).content.DeletePodcast(podcast_id=d)
    assert await order(api, ann, playlist_id) == [a, c]
    await api.as_(ann).library.MovePlaylistItem(playlist_id=playlist_id, content_id=c, position=0)
    assert await order(api, ann, playlist_id) == [c, a]


async def test_a_place_is_counted_among_what_the_owner_sees(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    mine = api.as_(ann).library
    playlist_id, [a, b] = await playlist_of(world, api, ann, 2)
    hidden = await made(world, bob, PODCAST)
    await mine.AddPlaylistItem(playlist_id=playlist_id, content_id=hidden)
    async with world.db.transaction() as tx:
        await tx.raw("UPDATE content_items SET status = 'pending' WHERE id = $1", hidden)
    shown = await mine.GetPlaylist(playlist_id=playlist_id)
    assert ([each.content_id for each in shown.items], shown.playlist.items_count) == ([a, b], 2)
    await mine.MovePlaylistItem(playlist_id=playlist_id, content_id=a, position=1)
    assert await order(api, ann, playlist_id) == [b, a]
    await mine.MovePlaylistItem(playlist_id=playlist_id, content_id=hidden).fails(
        StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND"
    )


async def test_a_shared_playlist_is_seen_by_its_link_until_it_is_taken_back(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    mine = api.as_(ann).library
    playlist_id, items = await playlist_of(world, api, ann, 2)
    assert (await mine.GetPlaylist(playlist_id=playlist_id)).playlist.share_key == ""
    first = (await mine.UpdatePlaylist(playlist_id=playlist_id, is_shared=True)).playlist.share_key
    for viewer in (api, api.as_(bob), api.as_(ann)):
        shown = await viewer.library.GetSharedPlaylist(share_key=first)
        assert [each.content_id for each in shown.items] == items
    await mine.UpdatePlaylist(playlist_id=playlist_id, is_shared=False)
    second = (await mine.UpdatePlaylist(playlist_id=playlist_id, is_shared=True)).playlist.share_key
    assert second != first
    for wrong in (first, second[:-1], second[:-1] + "é", "x", str(playlist_id)):
        await api.library.GetSharedPlaylist(share_key=wrong).fails(StatusCode.NOT_FOUND, "PLAYLIST_NOT_FOUND")
    await api.as_(bob).user.BlockUser(user_id=ann.id)
    await api.as_(bob).library.GetSharedPlaylist(share_key=second).fails(StatusCode.NOT_FOUND, "PLAYLIST_NOT_FOUND")


@each_kind
async def test_any_kind_is_a_favourite_once(world: World, api: Api, wire: Wire) -> None:
    ann, bob = await world.users(2)
    mine = api.as_(ann).library
    item_id = await made(world, bob, wire.kind)
    of_it: dict[str, Any] = {"content_type": wire.kind.name, "content_id": item_id}
    for _ in range(2):
        await mine.AddFavorite(**of_it)
    [liked] = (await mine.ListFavorites()).favorites
    assert (liked.content_id, liked.content.content_type) == (item_id, wire.kind.name)
    listed = getattr(await api.as_(bob).content.__getattr__(f"List{wire.nouns}")(creator_id=bob.id), wire.many)
    assert getattr(liked.content, wire.one) == listed[0]
    other = "music" if wire.kind is not MUSIC else "podcast"
    await mine.AddFavorite(content_type=other, content_id=item_id).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
    assert not (await mine.CheckFavorite(content_type=other, content_id=item_id)).is_favorite
    assert (await mine.CheckFavorite(**of_it)).is_favorite
    assert list((await mine.ListFavorites(content_type=other)).favorites) == []
    for _ in range(2):
        await mine.RemoveFavorite(**of_it)
    assert not (await mine.CheckFavorite(**of_it)).is_favorite


async def test_what_is_deleted_leaves_favourites_and_playlists(world: World, api: Api) -> None:
    ann = await world.user()
    playlist_id, [item_id] = await playlist_of(world, api, ann, 1)
    await api.as_(ann).library.AddFavorite(content_type="podcast", content_id=item_id)
    await api.as_(ann).content.DeletePodcast(podcast_id=item_id)
    assert list((await api.as_(ann).library.ListFavorites()).favorites) == []
    assert await order(api, ann, playlist_id) == []


STATES = [
    None,
    True,
    3.5,
    "text",
    [],
    {},
    [1, [2, {"a": None}]],
    {"cuts": [{"from": 1.5, "to": 2}]},
]


@pytest.mark.parametrize("state", STATES, ids=str)
async def test_a_draft_gives_back_what_the_editor_kept(world: World, api: Api, state: Any) -> None:
    ann = await world.user()
    mine = api.as_(ann).library
    kept = json_format.ParseDict(state, Value())
    made_ = (await mine.CreateDraft(draft_type="post", content="Amen.", editing_state=kept)).draft
    got = (await mine.GetDraft(draft_id=made_.draft_id)).draft
    assert got == made_
    if state is None:
        assert not got.HasField("editing_state")
    else:
        assert got.editing_state == kept
    [listed] = (await mine.ListDrafts()).drafts
    assert not listed.HasField("editing_state")


async def test_an_editing_state_has_an_end(world: World, api: Api) -> None:
    ann = await world.user()
    create = api.as_(ann).library.CreateDraft
    largest = "x" * (LARGEST_STATE - len(json.dumps("")))
    await create(draft_type="post", editing_state=Value(string_value=largest))
    await create(draft_type="post", editing_state=Value(string_value=largest + "x")).fails(
        StatusCode.INVALID_ARGUMENT, "INVALID"
    )
    for number in (float("nan"), float("inf")):
        await create(draft_type="post", editing_state=Value(number_value=number)).fails(
            StatusCode.INVALID_ARGUMENT, "INVALID"
        )


async def test_a_draft_keeps_what_is_not_named_and_lets_go_of_its_files(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).library
    sound, picture = await uploaded("audio")(world, ann), await uploaded("image")(world, ann)
    draft = (
        await mine.CreateDraft(draft_type="podcast", title="On hope", media_id=sound, thumbnail_media_id=picture)
    ).draft
    assert (draft.media_id, draft.thumbnail_media_id, draft.status) == (sound, picture, DRAFT_STATUS_EDITING)
    assert draft.duration > 0
    changed = (await mine.UpdateDraft(draft_id=draft.draft_id, status=DRAFT_STATUS_READY, thumbnail_media_id=0)).draft
    assert (changed.title, changed.media_id, changed.thumbnail_media_id) == ("On hope", sound, 0)
    assert await users(world, sound, picture) == [sound]
    await mine.DeleteDraft(draft_id=draft.draft_id)
    assert await users(world, sound, picture) == []
    await mine.GetDraft(draft_id=draft.draft_id).fails(StatusCode.NOT_FOUND, "DRAFT_NOT_FOUND")


async def test_drafts_of_a_type(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).library
    ids = {kind: (await mine.CreateDraft(draft_type=kind)).draft.draft_id for kind in ("podcast", "movie", "post")}
    assert [each.draft_id for each in (await mine.ListDrafts()).drafts] == list(reversed(ids.values()))
    assert [each.draft_id for each in (await mine.ListDrafts(draft_type="movie")).drafts] == [ids["movie"]]


async def test_the_feed_holds_what_those_whom_one_follows_published(world: World, api: Api) -> None:
    ann, bob, cleo, dan = await world.users(4)
    async with world.db.transaction() as tx:
        for each in (bob, cleo):
            await makers.follow(tx, ann.id, each.id)
    first = await made(world, bob, PODCAST)
    await made(world, dan, PODCAST)
    await made(world, bob, PODCAST, status="pending")
    second = await made(world, cleo, MOVIE)
    feed = api.as_(ann).library.ListFollowingFeed
    shown = (await feed()).content
    assert [(each.content_type, each.content_id) for each in shown] == [("movie", second), ("podcast", first)]
    await api.as_(cleo).user.BlockUser(user_id=ann.id)
    assert [each.content_id for each in (await feed()).content] == [first]
    assert list((await api.as_(bob).library.ListFollowingFeed()).content) == []


async def users(world: World, *files: int) -> list[int]:
    """Those of these files that something uses."""
    async with world.db.transaction() as tx:
        rows = await tx.raw("SELECT media_id FROM media_uses WHERE media_id = ANY($1::bigint[])", list(files))
    return [row["media_id"] for row in rows]
