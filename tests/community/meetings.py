"""Where people meet in the community room."""

from cnt_grpc.pb.cnt.community.v1 import event_service, support_service
from cnt_grpc.pb.cnt.community.v1.community_service import SERVICE
from tests.community import event_makers, makers
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


async def event(world: World, author: Person, viewer: Person) -> Fields:
    """Somebody's event."""
    return {"event_id": await event_makers.made(world, author)}


async def events_far_away(world: World, author: Person, viewer: Person) -> Fields:
    """Somebody's event, at a place where only it is."""
    place = (-30.0 - author.id % 20, float(author.id * 7 % 360 - 180))
    await event_makers.made(world, author, place=place)
    return {"latitude": place[0], "longitude": place[1], "radius_km": 1}


async def attending(world: World, author: Person, viewer: Person) -> Fields:
    """Somebody's event, to which the viewer goes."""
    async with world.db.transaction() as tx:
        event_id = await event_makers.event(tx, by=author.id)
        await event_makers.answer(tx, event_id, viewer.id)
    return {}


async def attendees(world: World, author: Person, viewer: Person) -> Fields:
    """The viewer's own event, to which somebody comes."""
    async with world.db.transaction() as tx:
        event_id = await event_makers.event(tx, by=viewer.id)
        await event_makers.answer(tx, event_id, author.id)
    return {"event_id": event_id}


OF_EVENTS: Meetings = {
    "GetEvent": Meeting(event),
    "ListEvents": Meeting(events_far_away),
    "ListAttendees": Meeting(attendees),
    "ListHostedEvents": "shows one's own events",
    "ListAttendingEvents": Meeting(attending),
}
OF_SUPPORT: Meetings = {
    "GetTicket": "between a person and the support team, which no block ends",
    "ListMyTickets": "likewise",
}
METHODS: Meetings = {
    "GetPost": Meeting(post),
    "ListPosts": Meeting(posts),
    "ListUserPosts": Meeting(posts),
    "ListFeed": Meeting(feed),
    "ListComments": Meeting(comment),
    "WatchPosts": "tells what happens, not who somebody is: tests/community/test_watching.py blocks on an open stream",
}

MEETINGS: Meetings = {
    **{f"{SERVICE}/{name}": meeting for name, meeting in METHODS.items()},
    **{f"{event_service.SERVICE}/{name}": meeting for name, meeting in OF_EVENTS.items()},
    **{f"{support_service.SERVICE}/{name}": meeting for name, meeting in OF_SUPPORT.items()},
}
