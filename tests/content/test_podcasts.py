"""Podcasts through the wire: making, showing, changing and deleting them, and what that does to their files."""

from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.media.v1.media_pb2 import MEDIA_KIND_AUDIO, MEDIA_KIND_VIDEO
from cnt_grpc.pb.cnt.moderation.v1.status_pb2 import (
    REVIEW_STATUS_APPROVED,
    REVIEW_STATUS_ARCHIVED,
    REVIEW_STATUS_PENDING,
    REVIEW_STATUS_REJECTED,
)
from tests.content import makers
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media import makers as media_makers


async def uploaded(world: World, who: Person, *, kind: str = "audio", **given: Any) -> Any:
    """A file that this person has uploaded."""
    async with world.db.transaction() as tx:
        return await getattr(media_makers, kind)(tx, who.id, **given)


async def made(world: World, who: Person, **given: Any) -> Any:
    """A podcast of this person."""
    async with world.db.transaction() as tx:
        return await makers.podcast(tx, by=who.id, **given)


async def visibility(world: World, media_id: int) -> str:
    """Whether a file is public or private; "" when nothing uses it any more."""
    sql = "SELECT visibility FROM media_objects WHERE id = $1 AND unused_since IS NULL"
    async with world.db.transaction() as tx:
        rows = await tx.raw(sql, media_id)
    return rows[0]["visibility"] if rows else ""


async def test_a_new_podcast_waits_and_is_made_of_what_was_uploaded(world: World, api: Api) -> None:
    ann = await world.user(name="Ann")
    file = await uploaded(world, ann, duration_ms=61_499)
    reply = await api.as_(ann).content.CreatePodcast(title="Ruth", description="Loyal.", media_id=file["id"], episode=3)
    podcast = reply.podcast
    assert podcast.status == REVIEW_STATUS_PENDING
    assert (podcast.media, podcast.media_id) == (MEDIA_KIND_AUDIO, file["id"])
    assert (podcast.duration, podcast.duration_ms) == (61, 61_499)
    assert (podcast.creator_id, podcast.creator_name, podcast.creator_username) == (ann.id, "Ann", ann.username)
    assert (podcast.season, podcast.episode, podcast.is_featured) == (0, 3, False)
    assert podcast.HasField("created_at")
    assert not podcast.HasField("published_at")
    assert "signature=" in podcast.media_url
    assert (await api.as_(ann).content.GetPodcast(podcast_id=podcast.podcast_id)).podcast == podcast


async def test_a_file_may_be_named_by_its_path(world: World, api: Api) -> None:
    ann = await world.user()
    file, picture = await uploaded(world, ann, kind="video"), await uploaded(world, ann, kind="image")
    reply = await api.as_(ann).content.CreatePodcast(
        title="Ruth", file_path=file["key"], cover_file_path=picture["key"]
    )
    assert (reply.podcast.media, reply.podcast.media_id) == (MEDIA_KIND_VIDEO, file["id"])
    assert picture["key"] in reply.podcast.cover_url


@pytest.mark.parametrize("role", ["moderator", "creator"])
async def test_those_who_are_trusted_need_no_approval(world: World, api: Api, role: str) -> None:
    ann = await world.user(roles={role})
    file = await uploaded(world, ann)
    reply = await api.as_(ann).content.CreatePodcast(title="Ruth", media_id=file["id"], is_featured=True)
    assert (reply.podcast.status, reply.podcast.is_featured) == (REVIEW_STATUS_APPROVED, True)
    assert reply.podcast.HasField("published_at")
    assert "signature=" not in reply.podcast.media_url
    assert await visibility(world, file["id"]) == "public"
    assert (await api.content.GetPodcast(podcast_id=reply.podcast.podcast_id)).podcast == reply.podcast


async def test_status_and_featured_are_not_heard_from_anyone_else(world: World, api: Api) -> None:
    ann = await world.user()
    file = await uploaded(world, ann)
    wished = {"status": REVIEW_STATUS_APPROVED, "is_featured": True}
    podcast = (await api.as_(ann).content.CreatePodcast(title="Ruth", media_id=file["id"], **wished)).podcast
    assert (podcast.status, podcast.is_featured) == (REVIEW_STATUS_PENDING, False)
    podcast = (await api.as_(ann).content.UpdatePodcast(podcast_id=podcast.podcast_id, **wished)).podcast
    assert (podcast.status, podcast.is_featured) == (REVIEW_STATUS_PENDING, False)


async def test_the_shipped_cover_of_an_item_is_always_the_same_and_can_be_taken_away(world: World, api: Api) -> None:
    ann = await world.user()
    file = await uploaded(world, ann)
    content = api.as_(ann).content
    podcast = (await content.CreatePodcast(title="Ruth", media_id=file["id"], use_default_thumbnail=True)).podcast
    assert "/images/thumbnails/default/" in podcast.cover_url
    assert "signature=" not in podcast.cover_url
    again = await content.UpdatePodcast(podcast_id=podcast.podcast_id, use_default_thumbnail=True)
    assert again.podcast.cover_url == podcast.cover_url
    gone = await content.UpdatePodcast(podcast_id=podcast.podcast_id, use_default_thumbnail=False)
    assert gone.podcast.cover_url == ""


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"kind": "image"}, (StatusCode.INVALID_ARGUMENT, "MEDIA_WRONG_KIND")),
        ({"state": "probing"}, (StatusCode.FAILED_PRECONDITION, "MEDIA_NOT_READY")),
        ({"state": "failed"}, (StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")),
    ],
)
async def test_what_a_podcast_cannot_be_made_of(
    world: World, api: Api, given: dict[str, Any], refusal: tuple[StatusCode, str]
) -> None:
    ann = await world.user()
    file = await uploaded(world, ann, **given)
    await api.as_(ann).content.CreatePodcast(title="Ruth", media_id=file["id"]).fails(*refusal)


async def test_nobody_publishes_the_file_of_another(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    file = await uploaded(world, ann)
    call = api.as_(bob).content
    await call.CreatePodcast(title="Ruth", media_id=file["id"]).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")
    await call.CreatePodcast(title="Ruth", file_path=file["key"]).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")


async def test_a_category_must_be_there_and_can_be_left(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        category_id = await makers.category(tx, name=f"Of {ann.username}", kind="podcast")
    podcast = await made(world, ann)
    update = api.as_(ann).content.UpdatePodcast
    await update(podcast_id=podcast["id"], category_id=2**40).fails(
        StatusCode.FAILED_PRECONDITION, "CATEGORY_NOT_FOUND"
    )
    changed = (await update(podcast_id=podcast["id"], category_id=category_id)).podcast
    assert (changed.category_id, changed.status) == (category_id, REVIEW_STATUS_APPROVED)
    assert (await update(podcast_id=podcast["id"], category_id=0)).podcast.category_id == 0


@pytest.mark.parametrize(
    "change",
    [{"title": "Boas"}, {"description": ""}, {"use_default_thumbnail": True}],
    ids=["title", "text", "cover"],
)
async def test_what_a_moderator_looked_at_waits_again_when_it_changes(
    world: World, api: Api, change: dict[str, Any]
) -> None:
    ann = await world.user()
    podcast = await made(world, ann)
    changed = (await api.as_(ann).content.UpdatePodcast(podcast_id=podcast["id"], **change)).podcast
    assert changed.status == REVIEW_STATUS_PENDING
    await api.content.GetPodcast(podcast_id=podcast["id"]).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
    assert await visibility(world, podcast["media_id"]) == "private"


@pytest.mark.parametrize(
    "change", [{"title": "The prodigal son"}, {"season": 4}, {"category_id": 0}, {}], ids=["same", "season", "none", ""]
)
async def test_what_nobody_looked_at_may_change(world: World, api: Api, change: dict[str, Any]) -> None:
    ann = await world.user()
    podcast = await made(world, ann)
    changed = (await api.as_(ann).content.UpdatePodcast(podcast_id=podcast["id"], **change)).podcast
    assert changed.status == REVIEW_STATUS_APPROVED


async def test_an_approved_podcast_keeps_its_place_when_it_is_approved_again(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    podcast = await made(world, ann)
    await api.as_(ann).content.UpdatePodcast(podcast_id=podcast["id"], title="Boas")
    clock.move(timedelta(minutes=5))
    await api.as_(mod).moderation.ApproveContent(content_type="podcast", content_id=podcast["id"])
    shown = (await api.content.GetPodcast(podcast_id=podcast["id"])).podcast
    assert shown.published_at.ToDatetime() == podcast["published_at"].replace(tzinfo=None)


async def test_other_media_are_published_and_the_old_ones_let_go(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    podcast = await made(world, ann, cover=True)
    file, picture = await uploaded(world, ann, kind="video"), await uploaded(world, ann, kind="image")
    changed = (
        await api.as_(ann).content.UpdatePodcast(
            podcast_id=podcast["id"], media_id=file["id"], cover_media_id=picture["id"]
        )
    ).podcast
    assert (changed.status, changed.media) == (REVIEW_STATUS_APPROVED, MEDIA_KIND_VIDEO)
    assert changed.cover_url.endswith(picture["key"])
    assert [await visibility(world, each["id"]) for each in (file, picture)] == ["public", "public"]
    assert [await visibility(world, podcast[column]) for column in ("media_id", "cover_id")] == ["", ""]


async def test_a_file_of_two_podcasts_stays_public_while_one_is(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    file = await uploaded(world, ann)
    create = api.as_(ann).content.CreatePodcast
    first, second = [(await create(title=title, media_id=file["id"])).podcast for title in ("Ruth", "Boas")]
    for podcast, expected in ((first, "public"), (second, "private")):
        await api.as_(ann).content.UpdatePodcast(podcast_id=podcast.podcast_id, status=REVIEW_STATUS_ARCHIVED)
        assert await visibility(world, file["id"]) == expected


async def test_deleting_lets_go_of_the_files_and_of_the_case(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    podcast = await made(world, ann, status="pending", cover=True)
    await api.as_(ann).content.DeletePodcast(podcast_id=podcast["id"])
    await api.as_(ann).content.GetPodcast(podcast_id=podcast["id"]).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
    assert [await visibility(world, podcast[column]) for column in ("media_id", "cover_id")] == ["", ""]
    assert not (await api.as_(mod).moderation.ListPending(creator_id=ann.id)).pending


@pytest.mark.parametrize("status", ["approved", "pending"])
async def test_only_the_creator_and_administrators_change_a_podcast(world: World, api: Api, status: str) -> None:
    ann, bob, mod = await world.user(), await world.user(), await world.user(roles={"moderator"})
    podcast = await made(world, ann, status=status)
    for other in (bob, mod):
        content = api.as_(other).content
        await content.UpdatePodcast(podcast_id=podcast["id"], title="Mine").fails(
            StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND"
        )
        await content.DeletePodcast(podcast_id=podcast["id"]).fails(StatusCode.NOT_FOUND, "CONTENT_NOT_FOUND")
    admin = await world.user(roles={"admin"})
    changed = (await api.as_(admin).content.UpdatePodcast(podcast_id=podcast["id"], title="Ours")).podcast
    assert (changed.title, changed.creator_id) == ("Ours", ann.id)
    assert changed.status == (REVIEW_STATUS_APPROVED if status == "approved" else REVIEW_STATUS_PENDING)
    await api.as_(admin).content.DeletePodcast(podcast_id=podcast["id"])


async def test_a_rejected_podcast_is_sent_again_by_any_change(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    podcast = await made(world, ann)
    moderation = api.as_(mod).moderation
    await moderation.RejectContent(content_type="podcast", content_id=podcast["id"], reason="Too loud.")
    shown = (await api.as_(ann).content.GetPodcast(podcast_id=podcast["id"])).podcast
    assert (shown.status, shown.rejection_reason) == (REVIEW_STATUS_REJECTED, "Too loud.")
    again = (await api.as_(ann).content.UpdatePodcast(podcast_id=podcast["id"])).podcast
    assert (again.status, again.rejection_reason) == (REVIEW_STATUS_PENDING, "Too loud.")
    approved = await moderation.ApproveContent(content_type="podcast", content_id=podcast["id"])
    assert (approved.content.status, approved.content.reason) == (REVIEW_STATUS_APPROVED, "")
    assert (await api.content.GetPodcast(podcast_id=podcast["id"])).podcast.rejection_reason == ""


@pytest.mark.parametrize("decision", ["RejectContent", "ArchiveContent"])
async def test_what_a_moderator_took_out_its_trusted_creator_cannot_bring_back(
    world: World, api: Api, decision: str
) -> None:
    ann, mod = await world.user(roles={"creator"}), await world.user(roles={"moderator"})
    podcast = await made(world, ann)
    decide = getattr(api.as_(mod).moderation, decision)
    await decide(content_type="podcast", content_id=podcast["id"], reason="No.")
    update = api.as_(ann).content.UpdatePodcast
    for _ in range(2):
        changed = (await update(podcast_id=podcast["id"], status=REVIEW_STATUS_APPROVED)).podcast
        assert changed.status == REVIEW_STATUS_PENDING


async def test_what_a_trusted_creator_archived_they_bring_back(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    podcast = await made(world, ann)
    update = api.as_(ann).content.UpdatePodcast
    for status in (REVIEW_STATUS_ARCHIVED, REVIEW_STATUS_APPROVED):
        assert (await update(podcast_id=podcast["id"], status=status)).podcast.status == status


async def test_what_was_a_draft_is_published_from_a_public_place(world: World, api: Api) -> None:
    ann = await world.user()
    media_id = await stored_below(world, ann, "private/drafts/audio/{}.mp3", "audio/mpeg")
    podcast = (await api.as_(ann).content.CreatePodcast(title="On hope", media_id=media_id)).podcast
    assert "/private/" not in podcast.media_url


async def test_identity_papers_are_never_published(world: World, api: Api) -> None:
    ann = await world.user()
    picture = await stored_below(world, ann, "private/identity/{}.jpg", "image/jpeg")
    async with world.db.transaction() as tx:
        sound = (await media_makers.audio(tx, ann.id))["id"]
    create = api.as_(ann).content.CreatePodcast
    await create(title="On hope", media_id=sound, cover_media_id=picture).fails(
        StatusCode.FAILED_PRECONDITION, "MEDIA_STAYS_PRIVATE"
    )
    await (
        api.as_(ann)
        .artist.SetMyCoverImage(media_id=picture)
        .fails(StatusCode.FAILED_PRECONDITION, "MEDIA_STAYS_PRIVATE")
    )


async def stored_below(world: World, who: Person, key: str, content_type: str) -> int:
    """A file of this person that lies in a private place."""
    async with world.db.transaction() as tx:
        duration = 1000 if content_type.startswith("audio") else None
        row = await media_makers._object(tx, who.id, key, content_type, duration, state="ready", visibility="private")
    media_id: int = row["id"]
    return media_id


@pytest.mark.parametrize("role", ["", "creator", "moderator", "admin"])
async def test_nobody_undoes_a_decision_on_what_they_made(world: World, api: Api, role: str) -> None:
    ann = await world.user(roles={role} - {""})
    judge = await world.user(roles={"moderator"})
    async with world.db.transaction() as tx:
        podcast_id = (await makers.podcast(tx, by=ann.id))["id"]
    of_it = {"content_type": "podcast", "content_id": podcast_id}
    await api.as_(judge).moderation.ArchiveContent(**of_it, reason="Not this one.")
    change = api.as_(ann).content.UpdatePodcast
    changed = (await change(podcast_id=podcast_id, title="Better", status=REVIEW_STATUS_APPROVED)).podcast
    assert changed.status != REVIEW_STATUS_APPROVED
    if role in {"moderator", "admin"}:
        await api.as_(ann).moderation.ApproveContent(**of_it).fails(StatusCode.PERMISSION_DENIED, "OWN_CASE")
    await api.as_(judge).moderation.ApproveContent(**of_it)
    assert (await change(podcast_id=podcast_id)).podcast.status == REVIEW_STATUS_APPROVED
