"""Posts in the search: found as soon as everyone sees them, and by nobody from the commit on that hides them."""

from cnt_grpc.community.rules.finding import FoundPosts
from tests.community import makers
from tests.harness.api import Api
from tests.harness.world import World

KIND = "community_post"


async def documents(world: World, post_id: int) -> list[tuple[str, str]]:
    """What the index holds of a post."""
    async with world.db.transaction() as tx:
        rows = await tx.raw("SELECT title, text FROM search_documents WHERE kind = 'post' AND ref = $1", post_id)
    return [(row["title"], row["text"]) for row in rows]


async def test_it_is_found_while_everyone_sees_it(world: World, api: Api) -> None:
    ann = await world.user()
    moderator = await world.user(roles={"moderator"})
    mine, theirs = api.as_(ann).community, api.as_(moderator).moderation
    post_id = (await mine.CreatePost(title="Manna", content="It fell again.")).post.post_id
    decided = {"content_type": KIND, "content_id": post_id}
    assert await documents(world, post_id) == []
    await theirs.ApproveContent(**decided)
    assert await documents(world, post_id) == [("Manna", "It fell again.")]
    await mine.UpdatePost(post_id=post_id, content="It fell once more.")
    assert await documents(world, post_id) == []
    await theirs.ApproveContent(**decided)
    assert await documents(world, post_id) == [("Manna", "It fell once more.")]
    await theirs.RejectContent(**decided, reason="x")
    assert await documents(world, post_id) == []
    await theirs.ApproveContent(**decided)
    await mine.DeletePost(post_id=post_id)
    assert await documents(world, post_id) == []


async def test_edits_of_the_trusted_are_found_at_once(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    post_id = (await api.as_(ann).community.CreatePost(content="word " * 40)).post.post_id
    [(title, _)] = await documents(world, post_id)
    assert title.startswith("word word")
    assert len(title) <= 80
    await api.as_(ann).community.UpdatePost(post_id=post_id, title="Quail")
    assert [title for title, _ in await documents(world, post_id)] == ["Quail"]


async def test_the_index_can_be_built_anew(world: World, api: Api) -> None:
    ann = await world.user()
    posts = [await makers.made(world, ann, title=f"Post {number}") for number in range(3)]
    await makers.made(world, ann, status="pending")
    async with world.db.transaction() as tx:
        shown = await FoundPosts().documents(tx, posts[0] - 1, 100)
    assert [(each.ref, each.title) for each in shown if each.owner_id == ann.id] == [
        (post_id, f"Post {number}") for number, post_id in enumerate(posts)
    ]
