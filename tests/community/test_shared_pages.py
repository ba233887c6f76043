"""The first page of all posts is made once a second for everyone, and is right for each of them at every moment."""

import asyncio
from typing import Any

import pytest

from cnt_grpc.community import CommunityService
from cnt_grpc.kit import clock
from cnt_grpc.kit.rpc.call import ANONYMOUS, Call, Caller
from cnt_grpc.pb.cnt.community.v1.post_pb2 import POST_CATEGORY_TESTIMONY, POST_TYPE_IMAGE, ListPostsRequest
from tests.community import makers
from tests.harness.api import Api
from tests.harness.world import Person, World


async def first_page(api: Api, who: Person) -> dict[int, Any]:
    """The newest posts, as somebody sees them."""
    return {each.post_id: each for each in (await api.as_(who).community.ListPosts(page_size=100)).posts}


async def warm(api: Api, who: Person, post_id: int) -> None:
    """Wait until the shared page holds a post."""
    async with asyncio.timeout(30):
        while post_id not in await first_page(api, who):
            await asyncio.sleep(0.05)


async def test_what_is_ones_own_or_new_is_on_it_at_once(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    post_id = await makers.made(world, ann)
    await warm(api, cy, post_id)
    await api.as_(bob).community.LikePost(post_id=post_id)
    await api.as_(ann).community.CreateComment(post_id=post_id, content="x")
    of_bob, of_cy = (await first_page(api, bob))[post_id], (await first_page(api, cy))[post_id]
    assert (of_bob.is_liked, of_bob.likes_count, of_bob.comments_count) == (True, 1, 1)
    assert (of_cy.is_liked, of_cy.likes_count, of_cy.comments_count) == (False, 1, 1)


async def test_edits_and_deletions_are_on_it_at_once(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    bob = await world.user()
    edited, deleted = [await makers.made(world, ann, content="old") for _ in range(2)]
    await warm(api, bob, deleted)
    await api.as_(ann).community.UpdatePost(post_id=edited, content="new")
    assert (await first_page(api, bob))[edited].content == "new"
    await warm(api, bob, edited)
    await api.as_(ann).community.DeletePost(post_id=deleted)
    assert deleted not in await first_page(api, bob)


async def test_blocks_act_on_it_at_once_and_fill_the_page(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    posts = [await makers.made(world, who, at=clock.now()) for who in (cy, ann) for _ in range(5)]
    await warm(api, bob, posts[-1])
    before = await api.as_(bob).community.ListPosts(page_size=4)
    await api.as_(ann).user.BlockUser(user_id=bob.id)
    after = await api.as_(bob).community.ListPosts(page_size=4)
    assert len(before.posts) == len(after.posts) == 4
    assert ann.id not in {each.user_id for each in after.posts}
    assert not set(posts[5:]) & set(await first_page(api, bob))


async def test_its_token_leads_on(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    for _ in range(4):
        await makers.made(world, ann)
    list_posts = api.as_(bob).community.ListPosts
    first = await list_posts(page_size=2)
    second = await list_posts(page_size=2, page_token=first.next_page_token)
    ids = [each.post_id for page in (first, second) for each in page.posts]
    assert len(set(ids)) == 4


@pytest.mark.parametrize("sees", ["everyone's", "their own"])
@pytest.mark.parametrize("is_kept", [True, False])
async def test_a_page_is_three_statements_at_most(world: World, sees: str, *, is_kept: bool) -> None:
    author, reader, blocker = await world.users(3)
    for _ in range(3):
        await makers.made(world, author, pictures=2, category="testimony", carousel=True)
    if sees == "their own":
        async with world.db.transaction() as tx:
            sql = "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, $3)"
            await tx.raw(sql, blocker.id, reader.id, clock.now())
            await makers.post(tx, by=blocker.id, pictures=2, category="testimony", carousel=True)
    system = world.system
    # Of these there are few, whatever other tests have made.
    request = ListPostsRequest(category=POST_CATEGORY_TESTIMONY, post_type=POST_TYPE_IMAGE, carousel_only=True)
    service = CommunityService(system.urls, system.post_watch)

    async def statements(who: Caller) -> int:
        call = Call("of a test", who, world.db, (), str, 0, 0, asyncio.Event())
        call.read()
        page = await service.ListPosts(request, call)
        assert any(len(post.media) == 2 for post in page.posts)
        assert not [post for post in page.posts if post.user_id == blocker.id and who.user_id == reader.id]
        return call.tx.statements

    if is_kept:
        assert await statements(Caller(author.id)) == 2
    took = await statements(Caller(reader.id))
    assert (
        took
        == {("everyone's", True): 1, ("everyone's", False): 2, ("their own", True): 2, ("their own", False): 3}[
            sees, is_kept
        ]
    )
    assert await statements(ANONYMOUS) == 1
