"""What is particular to music, through the wire: its words, its filters, and is_published."""

from typing import Any

import pytest

from cnt_grpc.content.kinds import MUSIC
from cnt_grpc.pb.cnt.moderation.v1.status_pb2 import (
    REVIEW_STATUS_APPROVED,
    REVIEW_STATUS_ARCHIVED,
    REVIEW_STATUS_PENDING,
)
from tests.content import makers
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media import makers as media_makers


async def made(world: World, who: Person, **given: Any) -> int:
    """The id of a track of this person."""
    async with world.db.transaction() as tx:
        row = await makers.item(tx, MUSIC, by=who.id, **given)
    return int(row["id"])


@pytest.mark.parametrize("word", ["genre", "artist", "album"])
async def test_lists_by_a_word_whatever_its_case(world: World, api: Api, word: str) -> None:
    ann = await world.user()
    one, two = await made(world, ann, **{word: "Ægir Blues"}), await made(world, ann, **{word: "ægir BLUES"})
    await made(world, ann, **{word: "Blues"})
    asked: dict[str, Any] = {"creator_id": ann.id, word: "ÆGIR blues"}
    page = await api.content.ListMusicTracks(**asked)
    assert {track.track_id for track in page.tracks} == {one, two}


async def test_is_published_means_approved_and_is_heard_from_the_trusted(world: World, api: Api) -> None:
    ann, bob = await world.user(roles={"creator"}), await world.user()
    status = {}
    for who, published in ((ann, True), (ann, False), (bob, True), (bob, False)):
        async with world.db.transaction() as tx:
            file = await media_makers.audio(tx, who.id)
        create = api.as_(who).content.CreateMusicTrack
        track = (await create(title="Psalm", media_id=file["id"], is_published=published)).track
        status[who, published] = track.status
        assert track.is_published == (track.status == REVIEW_STATUS_APPROVED)
    assert [status[ann, True], status[ann, False]] == [REVIEW_STATUS_APPROVED, REVIEW_STATUS_ARCHIVED]
    assert [status[bob, True], status[bob, False]] == [REVIEW_STATUS_PENDING] * 2


async def test_is_published_takes_out_and_brings_back(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    track_id = await made(world, ann)
    update = api.as_(ann).content.UpdateMusicTrack
    for published in (False, True):
        assert (await update(track_id=track_id, is_published=published)).track.is_published == published
    assert (await update(track_id=track_id, title="Hymn")).track.is_published


async def test_words_can_be_cleared(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    track_id = await made(world, ann)
    track = (await api.as_(ann).content.UpdateMusicTrack(track_id=track_id, album="", lyrics="", genre="Soul")).track
    assert (track.album, track.lyrics, track.genre, track.artist) == ("", "", "Soul", "The Choir")
