"""Posts: written, decided on, changed, deleted, and put into the carousel."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.community.v1 import post_pb2 as pb
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.moderation.v1.status_pb2 import (
    REVIEW_STATUS_APPROVED,
    REVIEW_STATUS_ARCHIVED,
    REVIEW_STATUS_PENDING,
    REVIEW_STATUS_REJECTED,
)
from tests.community import makers
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media import makers as media_makers

KIND = "community_post"


async def files(world: World, who: Person, *, images: int = 0, videos: int = 0, **given: Any) -> list[int]:
    """Files of this person."""
    async with world.db.transaction() as tx:
        made = [await media_makers.image(tx, who.id, **given) for _ in range(images)]
        made += [await media_makers.video(tx, who.id, **given) for _ in range(videos)]
    return [each["id"] for each in made]


async def visibility(world: World, media_id: int) -> str:
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT visibility FROM media_objects WHERE id = $1", media_id)
    return str(row["visibility"])


async def told(api: Api, who: Person) -> list[Any]:
    """What somebody was told, oldest first."""
    page = await api.as_(who).notification.ListNotifications()
    return list(reversed(page.notifications))


async def test_a_picture_is_seen_while_anything_that_everyone_sees_shows_it(world: World, api: Api) -> None:
    """A post and a podcast, of two rooms, with one file."""
    ann = await world.user(roles={"creator"})
    moderator = api.as_(await world.user(roles={"moderator"})).moderation
    [picture] = await files(world, ann, images=1)
    post = (await api.as_(ann).community.CreatePost(content="Come!", media_ids=[picture], category=1)).post.post_id
    async with world.db.transaction() as tx:
        sound = (await media_makers.audio(tx, ann.id))["id"]
    given = {"title": "Come!", "media_id": sound, "cover_media_id": picture}
    podcast = (await api.as_(ann).content.CreatePodcast(**given)).podcast.podcast_id

    assert await visibility(world, picture) == "public"
    await moderator.RejectContent(content_type=KIND, content_id=post, reason="no")
    assert await visibility(world, picture) == "public"
    await moderator.ArchiveContent(content_type="podcast", content_id=podcast)
    assert await visibility(world, picture) == "private"
    await moderator.ApproveContent(content_type=KIND, content_id=post)
    assert await visibility(world, picture) == "public"
    await api.as_(ann).community.DeletePost(post_id=post)
    assert await visibility(world, picture) == "private"
    assert (await api.as_(ann).media.GetMedia(media_id=picture)).media.media_id == picture, "the podcast keeps it"


async def test_a_post_waits_and_everyone_sees_it_once_it_is_approved(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    moderator = await world.user(roles={"moderator"})
    pictures = await files(world, ann, images=3)
    post = (
        await api.as_(ann).community.CreatePost(
            title="Thanks", content="He answered.", category=pb.POST_CATEGORY_TESTIMONY, media_ids=pictures
        )
    ).post
    assert (post.title, post.content, post.category) == ("Thanks", "He answered.", pb.POST_CATEGORY_TESTIMONY)
    assert (post.user_id, post.user_name, post.user_username) == (ann.id, ann.name, ann.username)
    assert (post.post_type, post.status, post.is_approved) == (pb.POST_TYPE_IMAGE, REVIEW_STATUS_PENDING, False)
    assert [each.media_id for each in post.media] == pictures
    assert all("signature=" in each.url for each in post.media)
    await api.as_(bob).community.GetPost(post_id=post.post_id).fails(StatusCode.NOT_FOUND, "POST_NOT_FOUND")

    await api.as_(moderator).moderation.ApproveContent(content_type=KIND, content_id=post.post_id)
    seen = (await api.community.GetPost(post_id=post.post_id)).post
    assert (seen.status, seen.is_approved, seen.HasField("published_at")) == (REVIEW_STATUS_APPROVED, True, True)
    assert seen.image_url == seen.media[0].url
    assert all("signature=" not in each.url for each in seen.media)
    assert [await visibility(world, each) for each in pictures] == ["public"] * 3
    [notice] = await told(api, ann)
    assert notice.data == {"content_type": KIND, "content_id": str(post.post_id), "content_title": "Thanks"}


async def test_rejecting_keeps_the_post_and_tells_its_author_why(world: World, api: Api) -> None:
    ann = await world.user()
    moderator = await world.user(roles={"moderator"})
    [picture] = await files(world, ann, images=1)
    post = (await api.as_(ann).community.CreatePost(content="Buy my book", media_ids=[picture])).post
    await api.as_(moderator).moderation.ApproveContent(content_type=KIND, content_id=post.post_id)
    await api.as_(moderator).moderation.RejectContent(
        content_type=KIND, content_id=post.post_id, reason="No advertising"
    )
    mine = (await api.as_(ann).community.GetPost(post_id=post.post_id)).post
    assert (mine.status, mine.rejection_reason) == (REVIEW_STATUS_REJECTED, "No advertising")
    await api.community.GetPost(post_id=post.post_id).fails(StatusCode.NOT_FOUND, "POST_NOT_FOUND")
    assert await visibility(world, picture) == "private"
    [_, notice] = await told(api, ann)
    assert (notice.data["reason"], notice.data["content_title"]) == ("No advertising", "Buy my book")
    # All that she can do is to send it again.
    await api.as_(ann).community.UpdatePost(post_id=post.post_id, content="I wrote a book")
    assert (await api.as_(ann).community.GetPost(post_id=post.post_id)).post.status == REVIEW_STATUS_PENDING


@pytest.mark.parametrize("role", ["creator", "moderator", "admin"])
async def test_the_trusted_need_not_wait(world: World, api: Api, role: str) -> None:
    ann = await world.user(roles={role})
    [picture] = await files(world, ann, images=1)
    post = (await api.as_(ann).community.CreatePost(content="He lives", media_ids=[picture])).post
    assert post.is_approved
    assert await visibility(world, picture) == "public"
    again = (await api.as_(ann).community.UpdatePost(post_id=post.post_id, content="He lives indeed")).post
    assert (again.is_approved, again.content, again.HasField("edited_at")) == (True, "He lives indeed", True)


async def test_an_edit_of_what_was_reviewed_asks_for_another_look(world: World, api: Api) -> None:
    ann = await world.user()
    [picture] = await files(world, ann, images=1)
    edits: list[dict[str, Any]] = [{"title": "x"}, {"content": "x"}, {"files": pb.PostFiles(media_ids=[picture])}]
    for edit in edits:
        post_id = await makers.made(world, ann)
        assert not (await api.as_(ann).community.UpdatePost(post_id=post_id, **edit)).post.is_approved
    for edit in ({"category": pb.POST_CATEGORY_QUESTION}, {}, {"title": "Thanks"}):
        post_id = await makers.made(world, ann)
        assert (await api.as_(ann).community.UpdatePost(post_id=post_id, **edit)).post.is_approved
    assert await visibility(world, picture) == "private"


async def test_what_moderators_archive_its_author_cannot_bring_back(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    moderator = await world.user(roles={"moderator"})
    post_id = await makers.made(world, ann)
    await api.as_(moderator).moderation.ArchiveContent(content_type=KIND, content_id=post_id, reason="Old")
    changed = (await api.as_(ann).community.UpdatePost(post_id=post_id, content="New")).post
    assert changed.status == REVIEW_STATUS_ARCHIVED


async def test_files_are_ten_pictures_or_one_video(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    create = api.as_(ann).community.CreatePost
    assert len((await create(media_ids=await files(world, ann, images=10))).post.media) == 10
    film = (await create(media_ids=await files(world, ann, videos=1))).post
    assert (film.media[0].kind, film.media[0].duration_ms) == (media_pb2.MEDIA_KIND_VIDEO, 60_000)
    unsuitable = StatusCode.INVALID_ARGUMENT, "POST_FILES_UNSUITABLE"
    await create(media_ids=await files(world, ann, images=1, videos=1)).fails(*unsuitable)
    await create(media_ids=await files(world, ann, videos=2)).fails(*unsuitable)
    await create(media_ids=await files(world, ann, images=11)).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    [one] = await files(world, ann, images=1)
    await create(media_ids=[one, one]).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    not_hers = StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND"
    theirs = await files(world, bob, images=1)
    await create(media_ids=[one, *theirs]).fails(*not_hers)
    post_id = await makers.made(world, ann)
    change = api.as_(ann).community.UpdatePost
    await change(post_id=post_id, files=pb.PostFiles(media_ids=theirs)).fails(*not_hers)
    await create(media_ids=await files(world, ann, images=1, state="probing")).fails(
        StatusCode.FAILED_PRECONDITION, "MEDIA_NOT_READY"
    )


async def test_a_type_needs_what_it_shows(world: World, api: Api) -> None:
    ann = await world.user()
    create = api.as_(ann).community.CreatePost
    unsuitable = StatusCode.INVALID_ARGUMENT, "POST_FILES_UNSUITABLE"
    picture = await files(world, ann, images=1)
    await create(content="x", post_type=pb.POST_TYPE_IMAGE).fails(*unsuitable)
    await create(content="x", post_type=pb.POST_TYPE_TEXT, media_ids=picture).fails(*unsuitable)
    await create(title="x", content=" \n").fails(*unsuitable)
    post = (await create(content="x")).post
    assert (post.post_type, post.category) == (pb.POST_TYPE_TEXT, pb.POST_CATEGORY_GENERAL)
    change = api.as_(ann).community.UpdatePost
    await change(post_id=post.post_id, content="").fails(*unsuitable)
    shown = (await change(post_id=post.post_id, content="", files=pb.PostFiles(media_ids=picture))).post
    assert (shown.post_type, shown.content) == (pb.POST_TYPE_IMAGE, "")
    await change(post_id=post.post_id, files=pb.PostFiles()).fails(*unsuitable)
    bare = (await change(post_id=post.post_id, content="y", files=pb.PostFiles())).post
    assert (bare.post_type, len(bare.media), bare.image_url) == (pb.POST_TYPE_TEXT, 0, "")


async def test_what_nothing_shows_any_more_is_removed(world: World, api: Api) -> None:
    ann = await world.user()
    one, two = await files(world, ann, images=2)
    post_id = (await api.as_(ann).community.CreatePost(media_ids=[one])).post.post_id
    await api.as_(ann).community.UpdatePost(post_id=post_id, files=pb.PostFiles(media_ids=[two]))
    await gone(world, one)
    await api.as_(ann).community.DeletePost(post_id=post_id)
    await gone(world, two)
    await api.as_(ann).community.GetPost(post_id=post_id).fails(StatusCode.NOT_FOUND, "POST_NOT_FOUND")


async def gone(world: World, media_id: int) -> None:
    """Wait until a file is removed."""
    async with asyncio.timeout(30):
        while True:
            async with world.db.transaction() as tx:
                if not await tx.raw("SELECT 1 FROM media_objects WHERE id = $1", media_id):
                    return
            await asyncio.sleep(0.02)


async def test_lists_are_narrowed(world: World, api: Api) -> None:
    ann = await world.user()
    now = clock.now()
    wanted: dict[str, dict[str, Any]] = {
        "plain": {},
        "question": {"category": "question"},
        "picture": {"pictures": 2},
        "carousel": {"carousel": True},
        "waits": {"status": "pending"},
    }
    ids = {
        name: await makers.made(world, ann, at=now - timedelta(minutes=minutes), **given)
        for minutes, (name, given) in enumerate(wanted.items())
    }
    names = {each: name for name, each in ids.items()}

    async def listed(who: Api, **given: Any) -> list[str]:
        page = await who.community.ListPosts(user_id=ann.id, **given)
        return [names[each.post_id] for each in page.posts]

    assert await listed(api) == ["plain", "question", "picture", "carousel"]
    assert await listed(api.as_(ann)) == ["plain", "question", "picture", "carousel", "waits"]
    assert await listed(api, category=pb.POST_CATEGORY_QUESTION) == ["question"]
    assert await listed(api, post_type=pb.POST_TYPE_IMAGE) == ["picture"]
    assert await listed(api, post_type=pb.POST_TYPE_TEXT) == ["plain", "question", "carousel"]
    assert await listed(api, carousel_only=True) == ["carousel"]
    page = await api.community.ListUserPosts(user_id=ann.id)
    assert [names[each.post_id] for each in page.posts] == ["plain", "question", "picture", "carousel"]
    assert [len(each.media) for each in page.posts] == [0, 0, 2, 0]


async def test_administrators_choose_the_carousel_and_it_is_written_down(world: World, api: Api) -> None:
    ann = await world.user()
    admin = await world.user(roles={"admin"})
    post_id = await makers.made(world, ann)
    show = api.as_(admin).community.SetCarouselVisibility
    for wanted in (True, True, False):
        assert (await show(post_id=post_id, show_in_carousel=wanted)).post.show_in_carousel == wanted
    await show(post_id=2**62, show_in_carousel=True).fails(StatusCode.NOT_FOUND, "POST_NOT_FOUND")
    async with world.db.transaction() as tx:
        acts = await tx.raw("SELECT action FROM audit_log WHERE target_kind = $1 AND target_id = $2", KIND, post_id)
    assert [act["action"] for act in acts] == ["carousel", "carousel"]


async def test_administrators_may_change_anyones_post_and_it_is_written_down(world: World, api: Api) -> None:
    ann = await world.user()
    admin, moderator = await world.user(roles={"admin"}), await world.user(roles={"moderator"})
    post_id = await makers.made(world, ann)
    refused = StatusCode.NOT_FOUND, "POST_NOT_FOUND"
    await api.as_(moderator).community.UpdatePost(post_id=post_id, content="x").fails(*refused)
    await api.as_(moderator).community.DeletePost(post_id=post_id).fails(*refused)
    assert (await api.as_(admin).community.UpdatePost(post_id=post_id, content="x")).post.is_approved
    await api.as_(admin).community.DeletePost(post_id=post_id)
    async with world.db.transaction() as tx:
        acts = await tx.raw("SELECT action FROM audit_log WHERE target_kind = $1 AND target_id = $2", KIND, post_id)
    assert [act["action"] for act in acts] == ["update", "delete"]


async def test_administrators_keep_the_files_of_anyones_post_and_add_their_own(world: World, api: Api) -> None:
    author, other = await world.users(2)
    admin = await world.user(roles={"admin"})
    post_id = await makers.made(world, author, pictures=2)
    first, second = [each.media_id for each in (await api.community.GetPost(post_id=post_id)).post.media]
    async with world.db.transaction() as tx:
        added, foreign = [(await media_makers.image(tx, who.id))["id"] for who in (admin, other)]
    change = api.as_(admin).community.UpdatePost
    for wanted in ([second], [second, added], [added, second]):
        changed = (await change(post_id=post_id, files=pb.PostFiles(media_ids=wanted))).post
        assert [each.media_id for each in changed.media] == wanted
        assert changed.is_approved
    # The author keeps what the administrator added; what the post has not is nobody's but its owner's.
    await api.as_(author).community.UpdatePost(post_id=post_id, files=pb.PostFiles(media_ids=[added]))
    missing = StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND"
    for strange in (foreign, first):
        await change(post_id=post_id, files=pb.PostFiles(media_ids=[added, strange])).fails(*missing)
