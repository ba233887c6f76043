"""What people were told of posts, comments and events is gone when these are hidden or deleted."""

import asyncio
from datetime import timedelta

from cnt_grpc import notification
from cnt_grpc.community.rules.telling import tell_gathered
from cnt_grpc.kit import clock, jobs
from cnt_grpc.notification import taking_back
from cnt_grpc.pb.cnt.notification.v1.jobs_pb2 import TakeBack
from tests.community import event_makers, makers
from tests.community.test_telling import told
from tests.harness.api import Api
from tests.harness.world import Person, World


async def taken_back(world: World, kind: str, thing_id: int) -> None:
    """Wait until a job has taken back what was told of it."""
    async with world.db.transaction() as tx:
        payload = TakeBack(about=notification.thing(kind, thing_id))
        job_id = await jobs.enqueue(tx, taking_back.TAKE_BACK, payload)
    assert world.db.bus is not None
    assert await jobs.wait(world.db, world.db.bus, job_id, 30) == jobs.State.DONE


async def hear(api: Api, who: Person, *titles: str) -> None:
    """Wait until this is all that somebody was told, besides what was decided about their own."""
    heard: list[str] = []
    try:
        async with asyncio.timeout(30):
            while (heard := [each for each in await told(api, who) if "approved" not in each]) != list(titles):
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{heard} is not {titles}") from None
    unread = (await api.as_(who).notification.GetUnreadCount()).unread_count
    assert unread == len(await told(api, who))


async def test_what_is_said_to_a_hidden_post_is_told_its_author_alone(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    moderator = await world.user(roles={"moderator"})
    decide = api.as_(moderator).moderation
    post_id = await makers.made(world, ann)
    say = api.as_(cy).community.CreateComment
    of_bob = (await api.as_(bob).community.CreateComment(post_id=post_id, content="Why?")).comment.comment_id
    await say(post_id=post_id, content="I know.", parent_id=of_bob)
    await hear(api, bob, f"{cy.name} replied to your comment")
    to_ann = f"{bob.name} commented on your post", f"{cy.name} commented on your post"
    await hear(api, ann, *to_ann)
    of_it = {"content_type": "community_post", "content_id": post_id}
    await decide.ArchiveContent(**of_it, reason="A mistake.")
    await hear(api, bob)
    await hear(api, ann, *to_ann)
    # Its author sees it, and goes on talking; the others do not.
    await api.as_(ann).community.CreateComment(post_id=post_id, content="Indeed.", parent_id=of_bob)
    await api.as_(ann).community.ToggleCommentLike(comment_id=of_bob)
    await hear(api, bob)
    await decide.ApproveContent(**of_it)
    await taken_back(world, "community_post", post_id)
    await hear(api, bob)
    await api.as_(cy).community.ToggleCommentLike(comment_id=of_bob)
    await hear(api, bob, f"{cy.name} likes your comment")


async def test_likes_that_wait_are_not_told_of_a_comment_to_a_hidden_post(world: World, api: Api) -> None:
    ann, bob, cy, dan = await world.users(4)
    moderator = await world.user(roles={"moderator"})
    post_id = await makers.made(world, ann)
    comment_id = await makers.commented(world, bob, post_id)
    for who in (cy, dan):
        await api.as_(who).community.ToggleCommentLike(comment_id=comment_id)
    await hear(api, bob, f"{cy.name} likes your comment")
    await api.as_(moderator).moderation.ArchiveContent(
        content_type="community_post", content_id=post_id, reason="A mistake."
    )
    await hear(api, bob)
    async with world.db.transaction() as tx:
        await tell_gathered(tx, post_id=post_id, comment_id=comment_id)
        # Not told and not noted as told: the comment may be seen again.
        assert not tx.memo
    await hear(api, bob)


async def test_likes_are_not_told_across_a_block_of_the_posts_author(world: World, api: Api) -> None:
    ann, bob, cy, dan = await world.users(4)
    post_id = await makers.made(world, ann)
    comment_id = await makers.commented(world, bob, post_id)
    for who in (cy, dan):
        await api.as_(who).community.ToggleCommentLike(comment_id=comment_id)
    await api.as_(ann).user.BlockUser(user_id=bob.id)
    async with world.db.transaction() as tx:
        await tell_gathered(tx, post_id=post_id, comment_id=comment_id)
    await hear(api, bob, f"{cy.name} likes your comment")


async def test_a_deleted_comment_takes_its_notices_along(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    post_id = await makers.made(world, ann)
    of_bob = (await api.as_(bob).community.CreateComment(post_id=post_id, content="Oh no")).comment.comment_id
    reply = await api.as_(cy).community.CreateComment(post_id=post_id, content="Oh yes", parent_id=of_bob)
    await hear(api, ann, f"{bob.name} commented on your post", f"{cy.name} commented on your post")
    await api.as_(cy).community.DeleteComment(comment_id=reply.comment.comment_id)
    await hear(api, bob)
    await hear(api, ann, f"{bob.name} commented on your post")


async def test_a_deleted_post_takes_its_notices_along(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    admin = await world.user(roles={"admin"})
    post_id = await makers.made(world, ann)
    of_bob = (await api.as_(bob).community.CreateComment(post_id=post_id, content="Why?")).comment.comment_id
    await api.as_(cy).community.CreateComment(post_id=post_id, content="So.", parent_id=of_bob)
    await api.as_(admin).moderation.DeleteContent(content_type="community_post", content_id=post_id, reason="Spam.")
    await hear(api, bob)
    await hear(api, ann)
    assert await told(api, ann) == ["“Thanks” is not approved"]


async def test_a_hidden_event_is_announced_to_nobody(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    moderator = await world.user(roles={"moderator"})
    async with world.db.transaction() as tx:
        event_id = await event_makers.event(tx, by=ann.id, asks=True)
    await api.as_(bob).event.JoinEvent(event_id=event_id)
    await hear(api, ann, f"{bob.name}: wants to come")
    async with world.db.transaction() as tx:
        reminder = notification.EventReminder(event_id=event_id, event_title="Evening of praise", starts_at="soon")
        await notification.tell(tx, [bob.id], reminder, about=notification.thing("event", event_id))
    await hear(api, bob, "“Evening of praise” begins soon")
    decide = api.as_(moderator).moderation
    await decide.ArchiveContent(content_type="event", content_id=event_id, reason="A mistake.")
    await hear(api, bob)
    await hear(api, ann, f"{bob.name}: wants to come")
    clock.move(timedelta(seconds=1))
    await api.as_(ann).event.DeleteEvent(event_id=event_id)
    await taken_back(world, "event", event_id)
    await hear(api, bob)
    await hear(api, ann)
