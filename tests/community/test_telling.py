"""What authors are told of likes, comments and replies: never of themselves, never of the blocked, and together."""

import asyncio
from datetime import timedelta
from typing import Any

from cnt_grpc.community import jobs
from cnt_grpc.kit import clock
from tests.community import makers
from tests.harness.api import Api
from tests.harness.world import Person, World


async def told(api: Api, who: Person) -> list[str]:
    """What somebody was told, oldest first."""
    page = await api.as_(who).notification.ListNotifications()
    return [each.title for each in reversed(page.notifications)]


async def gather(world: World, api: Api, who: Person, post_id: int, count: int) -> list[str]:
    """What somebody was told once the likes that wait were gathered, and they have so many notices."""
    async with world.db.transaction() as tx:
        await jobs.tell_likes(tx, post_id=post_id, comment_id=0, delay=timedelta())
    async with asyncio.timeout(30):
        while len(found := await told(api, who)) < count:
            await asyncio.sleep(0.02)
    return found


async def test_the_first_like_is_told_at_once_and_more_together(world: World, api: Api) -> None:
    ann, bob, cy, dan, eve = await world.users(5)
    post_id = await makers.made(world, ann)

    async def like(who: Person) -> None:
        await api.as_(who).community.ToggleLike(post_id=post_id)

    await like(bob)
    assert await told(api, ann) == [f"{bob.name} likes your post"]
    for who in (cy, dan, eve):
        await like(who)
    await like(dan)  # no longer
    assert len(await told(api, ann)) == 1
    first = f"{bob.name} likes your post"
    together = f"{eve.name} and 1 other like your post"
    assert await gather(world, api, ann, post_id, 2) == [first, together]
    await like(dan)
    assert await gather(world, api, ann, post_id, 3) == [first, together, f"{dan.name} likes your post"]


async def test_toggling_again_and_again_is_told_once(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann)
    for _ in range(5):
        await api.as_(bob).community.ToggleLike(post_id=post_id)
    assert await told(api, ann) == [f"{bob.name} likes your post"]


async def test_likes_of_a_comment_are_told_its_author(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    post_id = await makers.made(world, ann)
    comment_id = await makers.commented(world, bob, post_id)
    await api.as_(cy).community.ToggleCommentLike(comment_id=comment_id)
    assert await told(api, ann) == []
    [notice] = (await api.as_(bob).notification.ListNotifications()).notifications
    assert notice.title == f"{cy.name} likes your comment"
    assert (notice.data["post_id"], notice.data["comment_id"]) == (str(post_id), str(comment_id))


async def test_comments_and_replies_are_told_once_each(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    post_id = await makers.made(world, ann)

    async def say(who: Person, parent_id: int = 0) -> Any:
        answer = await api.as_(who).community.CreateComment(post_id=post_id, content="Amen.", parent_id=parent_id)
        return answer.comment.comment_id

    of_bob = await say(bob)
    await say(cy, of_bob)
    await say(ann, of_bob)
    of_ann = await say(ann)
    await say(bob, of_ann)  # Ann wrote post and comment: one notice
    assert await told(api, ann) == [
        f"{bob.name} commented on your post",
        f"{cy.name} commented on your post",
        f"{bob.name} replied to your comment",
    ]
    assert await told(api, bob) == [f"{cy.name} replied to your comment", f"{ann.name} replied to your comment"]
    assert await told(api, cy) == []


async def test_what_one_person_writes_in_one_go_is_told_once(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann)
    say = api.as_(bob).community.CreateComment
    for _ in range(3):
        await say(post_id=post_id, content="Amen.")
    assert len(await told(api, ann)) == 1
    clock.move(timedelta(minutes=3))
    await say(post_id=post_id, content="Amen.")
    assert len(await told(api, ann)) == 2


async def test_nobody_is_told_of_themselves_or_of_the_blocked(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    post_id = await makers.made(world, ann)
    comment_id = (await api.as_(ann).community.CreateComment(post_id=post_id, content="x")).comment.comment_id
    await api.as_(ann).community.ToggleLike(post_id=post_id)
    await api.as_(ann).community.ToggleCommentLike(comment_id=comment_id)
    await api.as_(ann).community.CreateComment(post_id=post_id, content="x", parent_id=comment_id)
    assert await told(api, ann) == []
    for who in (cy, bob):
        await api.as_(who).community.ToggleLike(post_id=post_id)
    await api.as_(ann).user.BlockUser(user_id=bob.id)  # whose like waits to be told
    assert await told(api, ann) == [f"{cy.name} likes your post"]
    dan = await world.user()
    await api.as_(dan).community.ToggleLike(post_id=post_id)
    assert (await gather(world, api, ann, post_id, 2))[1] == f"{dan.name} likes your post"
