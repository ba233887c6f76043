"""Where people meet in the community room."""

from cnt_grpc.pb.cnt.community.v1.community_service import SERVICE
from tests.community import makers
from tests.content.makers import follow
from tests.harness.examples import Fields
from tests.harness.meetings import Meeting, Meetings
from tests.harness.world import Person, World


async def post(world: World, author: Person, viewer: Person) -> Fields:
    """A post."""
    return {"post_id": await makers.made(world, author, content=f"by {author.name}")}


async def posts(world: World, author: Person, viewer: Person) -> Fields:
    """Somebody's posts."""
    await post(world, author, viewer)
    return {"user_id": author.id}


async def feed(world: World, author: Person, viewer: Person) -> Fields:
    """A post by somebody whom the viewer follows."""
    await post(world, author, viewer)
    async with world.db.transaction() as tx:
        await follow(tx, viewer.id, author.id)
    return {}


async def comment(world: World, author: Person, viewer: Person) -> Fields:
    """What somebody said to the viewer's own post."""
    post_id = await makers.made(world, viewer)
    await makers.commented(world, author, post_id, content=f"by {author.name}")
    return {"post_id": post_id}


METHODS: Meetings = {
    "GetPost": Meeting(post),
    "ListPosts": Meeting(posts),
    "ListUserPosts": Meeting(posts),
    "ListFeed": Meeting(feed),
    "ListComments": Meeting(comment),
    "WatchPosts": "tells what happens, not who somebody is: tests/community/test_watching.py blocks on an open stream",
}

MEETINGS: Meetings = {f"{SERVICE}/{name}": meeting for name, meeting in METHODS.items()}
