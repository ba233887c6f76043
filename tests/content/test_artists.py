"""Artists and who follows them, through the wire: profiles, counters that equal rows, and who is told what."""

import asyncio
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc import content
from cnt_grpc.auth import Role, revoke_role
from cnt_grpc.content import telling
from cnt_grpc.content.kinds import MUSIC, PODCAST
from cnt_grpc.content.queries import listening
from cnt_grpc.pb.cnt.moderation.v1.status_pb2 import REVIEW_STATUS_APPROVED, REVIEW_STATUS_PENDING
from cnt_grpc.pb.cnt.notification.v1.notification_pb2 import NOTIFICATION_TYPE_FOLLOW, NOTIFICATION_TYPE_NEW_ITEM
from tests.content import makers
from tests.content.given import made, uploaded
from tests.harness.api import Api
from tests.harness.world import Person, World


async def notices(api: Api, who: Person, wanted: int, number: int) -> list[Any]:
    """The notices of a type in somebody's inbox, once there are so many; 5 s are enough for a job."""
    for _ in range(50):
        inbox = (await api.as_(who).notification.ListNotifications(page_size=100)).notifications
        found = [each for each in inbox if each.type == wanted]
        if len(found) >= number:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"{len(found)} of {number}")


async def new_podcast(world: World, api: Api, who: Person) -> Any:
    """A podcast that this person publishes through the wire."""
    media_id = await uploaded("audio")(world, who)
    return (await api.as_(who).content.CreatePodcast(title="On hope", media_id=media_id)).podcast


async def counters_equal_rows(world: World, who: Person) -> None:
    """What the artist's row counts is what there is."""
    async with world.db.transaction() as tx:
        [row] = await tx.raw(
            """
            SELECT followers_count, items_count, plays_count,
                (SELECT count(*) FROM artist_followers WHERE artist_id = artists.id) AS followers,
                (SELECT count(*) FROM content_items WHERE creator_id = user_id AND status = 'approved') AS items,
                (SELECT coalesce(sum(plays_count), 0) FROM content_items
                 WHERE creator_id = user_id AND status = 'approved') AS plays
            FROM artists WHERE user_id = $1
            """,
            who.id,
        )
    assert row["followers_count"] == row["followers"]
    assert row["items_count"] == row["items"]
    assert row["plays_count"] == row["plays"]


async def test_the_first_look_makes_an_artist_of_the_persons_name(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    mine = api.as_(ann).artist
    await api.artist.GetArtist(user_id=ann.id).fails(StatusCode.NOT_FOUND, "ARTIST_NOT_FOUND")
    first = (await mine.GetMyArtist()).artist
    assert (first.artist_name, first.username, first.user_id) == (ann.name, ann.username, ann.id)
    assert first == (await mine.GetMyArtist()).artist
    assert (await api.as_(bob).artist.GetArtist(artist_id=first.artist_id)).artist == first


async def test_a_profile_keeps_what_is_not_named(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        gospel = await makers.category(tx, name=f"Gospel of {ann.username}")
    change = api.as_(ann).artist.UpdateMyArtist
    links = {"instagram": "https://i.example/ann", "web": "http://ann.example"}
    await change(artist_name="The Choir", bio="We sing.", social_links=links, category_ids=[gospel])
    kept = (await change(social_links={"web": ""})).artist
    assert (kept.artist_name, kept.bio, list(kept.category_ids)) == ("The Choir", "We sing.", [gospel])
    assert dict(kept.social_links) == {"instagram": "https://i.example/ann"}
    cleared = (await change(artist_name="", bio="", category_ids=[0])).artist
    assert (cleared.artist_name, cleared.bio, list(cleared.category_ids)) == (ann.name, "", [])
    await change(category_ids=[2**62]).fails(StatusCode.FAILED_PRECONDITION, "CATEGORY_NOT_FOUND")
    await change(social_links={"web": "javascript:alert(1)"}).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await change(social_links={f"place{n}": "https://x.example" for n in range(20)}).fails(
        StatusCode.INVALID_ARGUMENT, "INVALID"
    )


async def test_a_cover_is_public_and_goes_with_its_last_use(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).artist
    first, second = [await uploaded("image")(world, ann) for _ in range(2)]
    assert "signature" not in (await mine.SetMyCoverImage(media_id=first)).artist.cover_image
    await mine.SetMyCoverImage(media_id=second)
    async with world.db.transaction() as tx:
        rows = await tx.raw("SELECT media_id FROM media_uses WHERE media_id = ANY($1::bigint[])", [first, second])
    assert [row["media_id"] for row in rows] == [second]
    assert (await mine.SetMyCoverImage()).artist.cover_image == ""


async def test_the_first_item_makes_an_artist_whom_lists_show(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    await new_podcast(world, api, ann)
    async with world.db.transaction() as tx:
        await makers.follow(tx, ann.id, bob.id)
    listed = {each.user_id for each in (await api.as_(bob).artist.ListArtists(page_size=100)).artists}
    assert ann.id in listed
    assert bob.id not in listed, "who is only followed is in no list of artists"


async def test_an_artist_is_found_by_three_names(world: World, api: Api) -> None:
    ann = await world.user()
    one = (await api.as_(ann).artist.GetMyArtist()).artist
    get = api.as_(await world.user()).artist.GetArtist
    for name in ({"artist_id": one.artist_id}, {"user_id": ann.id}, {"username": ann.username.upper()}):
        assert (await get(**name)).artist == one


async def test_following_counts_and_tells_once(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    follow = api.as_(bob).artist.FollowArtist
    shown = (await follow(user_id=ann.id)).artist
    assert (shown.followers_count, shown.is_following) == (1, True)
    assert (await follow(artist_id=shown.artist_id)).artist.followers_count == 1
    assert len(await notices(api, ann, NOTIFICATION_TYPE_FOLLOW, 1)) == 1
    state = api.as_(bob).artist.GetFollow
    assert (await state(user_id=ann.id)).is_following
    assert not (await api.as_(ann).artist.GetFollow(user_id=bob.id)).is_following
    for _ in range(2):
        await api.as_(bob).artist.UnfollowArtist(user_id=ann.id)
    after = await state(artist_id=shown.artist_id)
    assert (after.is_following, after.followers_count) == (False, 0)
    await follow(user_id=bob.id).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await follow(user_id=2**62).fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
    await follow(artist_id=2**62).fails(StatusCode.NOT_FOUND, "ARTIST_NOT_FOUND")


async def test_counters_equal_rows_after_all_at_once(world: World, api: Api) -> None:
    ann, *others = await world.users(13)
    calls = []
    for number, each in enumerate(others):
        calls += [api.as_(each).artist.FollowArtist(user_id=ann.id) for _ in range(3)]
        if number % 3 == 0:
            calls += [api.as_(each).artist.UnfollowArtist(user_id=ann.id) for _ in range(2)]
    await asyncio.gather(*(call._one() for call in calls))
    await counters_equal_rows(world, ann)


async def test_who_follows_whom_is_listed(world: World, api: Api) -> None:
    ann, bob, cleo = await world.users(3)
    for each in (bob, cleo):
        await api.as_(each).artist.FollowArtist(user_id=ann.id)
    artist_id = (await api.artist.GetArtist(user_id=ann.id)).artist.artist_id
    by_artist = (await api.as_(bob).artist.ListFollowers(artist_id=artist_id)).followers
    assert [each.user_id for each in by_artist] == [cleo.id, bob.id]
    assert list((await api.as_(bob).artist.ListFollowers(user_id=ann.id)).followers) == list(by_artist)
    [followed] = (await api.as_(cleo).artist.ListFollowing(user_id=bob.id)).following
    assert (followed.user_id, followed.artist_id, followed.is_following) == (ann.id, artist_id, True)
    async with world.db.reading() as tx:
        assert await content.followers_of(tx, ann.id, 0, 100) == sorted([bob.id, cleo.id])
        assert await content.is_following(tx, bob.id, ann.id)
        assert not await content.is_following(tx, ann.id, bob.id)


async def test_who_blocked_each_other_do_not_meet(world: World, api: Api) -> None:
    ann, bob, cleo = await world.users(3)
    await api.as_(bob).artist.FollowArtist(user_id=ann.id)
    artist_id = (await api.as_(cleo).artist.GetArtist(user_id=ann.id)).artist.artist_id
    await api.as_(ann).user.BlockUser(user_id=bob.id)
    for who, other in ((bob, ann), (ann, bob)):
        asking = api.as_(who).artist
        hidden = await asking.GetArtist(user_id=other.id).fails(StatusCode.NOT_FOUND, "ARTIST_NOT_FOUND")
        unknown = await asking.GetArtist(user_id=2**62).fails(StatusCode.NOT_FOUND, "ARTIST_NOT_FOUND")
        assert hidden.wire == unknown.wire
        await asking.FollowArtist(user_id=other.id).fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
        await asking.ListFollowers(user_id=other.id).fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
    for method in ("ListArtistContent", "ListArtistPodcasts", "ListFollowers", "GetFollow", "FollowArtist"):
        call = getattr(api.as_(bob).artist, method)
        await call(artist_id=artist_id).fails(StatusCode.NOT_FOUND, "ARTIST_NOT_FOUND")
    assert list((await api.as_(ann).artist.ListFollowers(user_id=ann.id)).followers) == []
    assert list((await api.as_(bob).artist.ListFollowing(user_id=bob.id)).following) == []
    async with world.db.reading() as tx:
        assert await content.followers_of(tx, ann.id, 0, 100) == []
    await api.as_(bob).artist.UnfollowArtist(user_id=ann.id)
    await counters_equal_rows(world, ann)


async def test_who_is_banned_is_no_artist_but_for_moderators(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    await api.as_(bob).artist.FollowArtist(user_id=ann.id)
    await world.ban(ann)
    await api.as_(bob).artist.GetArtist(user_id=ann.id).fails(StatusCode.NOT_FOUND, "ARTIST_NOT_FOUND")
    assert list((await api.as_(bob).artist.ListFollowing(user_id=bob.id)).following) == []
    moderator = await world.user(roles={"moderator"})
    assert (await api.as_(moderator).artist.GetArtist(user_id=ann.id)).artist.user_id == ann.id


async def test_a_new_item_is_told_to_followers_once_when_everyone_sees_it(world: World, api: Api) -> None:
    ann, bob, cleo = await world.users(3)
    moderator = await world.user(roles={"moderator"})
    await api.as_(bob).artist.FollowArtist(user_id=ann.id)
    await api.as_(cleo).artist.FollowArtist(user_id=ann.id)
    await api.as_(cleo).user.BlockUser(user_id=ann.id)
    podcast = await new_podcast(world, api, ann)
    decide = api.as_(moderator).moderation
    of_it = {"content_type": "podcast", "content_id": podcast.podcast_id}
    await decide.ApproveContent(**of_it)
    [told] = await notices(api, bob, NOTIFICATION_TYPE_NEW_ITEM, 1)
    assert told.title == f"{ann.name} published “On hope”"
    assert told.data["content_id"] == str(podcast.podcast_id)
    assert told.data["user_id"] == str(ann.id)
    await decide.ArchiveContent(**of_it, reason="A mistake.")
    async with asyncio.timeout(30):
        while (await api.as_(bob).notification.ListNotifications()).notifications:
            await asyncio.sleep(0.05)  # what is hidden is taken back
    await decide.ApproveContent(**of_it)
    await new_podcast(world, api, ann)
    await asyncio.sleep(0.5)
    inbox = await api.as_(bob).notification.ListNotifications()
    assert (list(inbox.notifications), inbox.unread_count) == ([], 0)
    assert list((await api.as_(cleo).notification.ListNotifications()).notifications) == []


async def test_many_followers_are_told_each_once(world: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "AT_ONCE", 2)
    ann, *others = await world.users(6)
    async with world.db.transaction() as tx:
        for each in others:
            await makers.follow(tx, each.id, ann.id)
        await content.verify_artist(tx, ann.id)
    await asyncio.sleep(1.1)  # a session's roles are remembered for a second
    await new_podcast(world, api, ann)
    for each in others:
        await notices(api, each, NOTIFICATION_TYPE_NEW_ITEM, 1)
    await asyncio.sleep(0.3)
    for each in others:
        assert len(await notices(api, each, NOTIFICATION_TYPE_NEW_ITEM, 1)) == 1


async def test_what_a_verified_artist_makes_is_approved_at_once(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    assert (await new_podcast(world, api, ann)).status == REVIEW_STATUS_PENDING
    async with world.db.transaction() as tx:
        await content.verify_artist(tx, ann.id)
    assert (await api.as_(bob).artist.GetArtist(user_id=ann.id)).artist.is_verified
    await api.as_(bob).artist.FollowArtist(user_id=ann.id)
    await asyncio.sleep(1.1)  # a session's roles are remembered for a second
    assert (await new_podcast(world, api, ann)).status == REVIEW_STATUS_APPROVED
    assert len(await notices(api, bob, NOTIFICATION_TYPE_NEW_ITEM, 1)) == 1
    async with world.db.transaction() as tx:
        await revoke_role(tx, ann.id, Role.CREATOR)
    assert not (await api.as_(bob).artist.GetArtist(user_id=ann.id)).artist.is_verified


async def test_items_and_plays_of_an_artist_count_while_everyone_sees_them(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    moderator = await world.user(roles={"moderator"})
    podcast = await new_podcast(world, api, ann)
    of_it = {"content_type": "podcast", "content_id": podcast.podcast_id}
    await api.as_(moderator).moderation.ApproveContent(**of_it)
    await api.as_(bob).content.RecordPlay(content_id=podcast.podcast_id)
    await world.db.transact(lambda tx: tx.value(listening.count_plays(5000)))
    shown = (await api.as_(bob).artist.GetArtist(user_id=ann.id)).artist
    assert (shown.items_count, shown.total_plays) == (1, 1)
    await api.as_(moderator).moderation.ArchiveContent(**of_it, reason="A mistake.")
    shown = (await api.as_(bob).artist.GetArtist(user_id=ann.id)).artist
    assert (shown.items_count, shown.total_plays) == (0, 0)
    await api.as_(moderator).moderation.ApproveContent(**of_it)
    await counters_equal_rows(world, ann)
    await api.as_(ann).content.DeletePodcast(podcast_id=podcast.podcast_id)
    await counters_equal_rows(world, ann)


async def test_items_of_all_kinds_of_an_artist(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    first = await made(world, ann, PODCAST)
    second = await made(world, ann, MUSIC)
    waiting = await made(world, ann, PODCAST, status="pending")
    async with world.db.transaction() as tx:
        artist_id = await makers.artist(tx, ann.id)
    shown = (await api.as_(bob).artist.ListArtistContent(artist_id=artist_id)).content
    assert [(each.content_type, each.content_id) for each in shown] == [("music", second), ("podcast", first)]
    assert shown[0].track == (await api.content.ListMusicTracks(creator_id=ann.id)).tracks[0]
    of_bob = await api.as_(bob).artist.ListArtistPodcasts(artist_id=artist_id)
    assert [each.podcast_id for each in of_bob.podcasts] == [first]
    own = await api.as_(ann).artist.ListArtistPodcasts(artist_id=artist_id)
    assert [each.podcast_id for each in own.podcasts] == [waiting, first]
