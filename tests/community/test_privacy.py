"""What the room holds about a person: exported whole, and gone when they go, with every count right."""

import asyncio

from grpc import StatusCode

from cnt_grpc.community.privacy import HOLDER
from tests.community import makers
from tests.harness.api import Api
from tests.harness.world import World


async def test_everything_is_exported(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann, title="Mine", status="pending")
    others = await makers.made(world, bob)
    mine = api.as_(ann).community
    comment_id = (await mine.CreateComment(post_id=others, content="My words")).comment.comment_id
    await mine.ToggleLike(post_id=others)
    await mine.ToggleCommentLike(comment_id=comment_id)
    async with world.db.transaction() as tx:
        found = [(kind, record) async for kind, record in HOLDER.export(tx, ann.id)]
    assert [kind for kind, _ in found] == ["posts", "comments", "likes", "comment_likes"]
    [post, comment, like, comment_like] = [record for _, record in found]
    assert (post["id"], post["title"], post["status"]) == (post_id, "Mine", "pending")
    assert (comment["post_id"], comment["content"]) == (others, "My words")
    assert (like["post_id"], comment_like["comment_id"]) == (others, comment_id)


async def test_whoever_goes_leaves_nothing_and_every_count_is_right(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    own = await makers.made(world, ann, pictures=1)
    waiting = await makers.made(world, ann, status="pending")
    others = [await makers.made(world, bob) for _ in range(3)]
    for post_id in others:
        await api.as_(cy).community.LikePost(post_id=post_id)
        await api.as_(ann).community.LikePost(post_id=post_id)
        said = await api.as_(ann).community.CreateComment(post_id=post_id, content="Ann's words")
        reply = await api.as_(cy).community.CreateComment(
            post_id=post_id, content="Cy's words", parent_id=said.comment.comment_id
        )
        await api.as_(ann).community.ToggleCommentLike(comment_id=reply.comment.comment_id)
    await api.as_(bob).community.CreateComment(post_id=own, content="Well said")
    for _ in range(2):  # done twice it does nothing more
        async with world.db.transaction() as tx:
            await HOLDER.erase(tx, ann.id)
    for post_id in (own, waiting):
        await api.as_(ann).community.GetPost(post_id=post_id).fails(StatusCode.NOT_FOUND, "POST_NOT_FOUND")
    for post_id in others:
        post = (await api.community.GetPost(post_id=post_id)).post
        assert (post.likes_count, post.comments_count) == (1, 1)
        [reply] = (await api.community.ListComments(post_id=post_id)).comments
        assert (reply.content, reply.parent_id, reply.likes_count) == ("Cy's words", 0, 0)
    async with world.db.transaction() as tx:
        assert [each async for each in HOLDER.export(tx, ann.id)] == []
        left = await tx.raw("SELECT 1 FROM like_notices WHERE user_id = $1", ann.id)
        cases = await tx.raw("SELECT 1 FROM moderation_cases WHERE author_id = $1 AND closed_at IS NULL", ann.id)
        found = await tx.raw("SELECT 1 FROM search_documents WHERE owner_id = $1", ann.id)
    assert (left, cases, found) == ([], [], [])


async def test_two_may_go_at_once_while_others_like(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    posts = [await makers.made(world, cy) for _ in range(6)]
    for who in (ann, bob):
        for post_id in posts if who is ann else posts[::-1]:
            await api.as_(who).community.LikePost(post_id=post_id)

    async def erase(user_id: int) -> None:
        await world.db.transact(lambda tx: HOLDER.erase(tx, user_id))

    async def like(post_id: int) -> None:
        await api.as_(cy).community.LikePost(post_id=post_id)

    await asyncio.gather(erase(ann.id), erase(bob.id), *(like(each) for each in posts))
    for post_id in posts:
        assert (await api.community.GetPost(post_id=post_id)).post.likes_count == 1
