"""Where people meet in the live room."""

from cnt_grpc.live.standing import Kind
from cnt_grpc.pb.cnt.live.v1 import live_service, meeting_service, stage_service, stream_chat_service
from tests.content.makers import follow
from tests.harness.examples import Fields
from tests.harness.meetings import Meeting, Meetings
from tests.harness.world import Person, World
from tests.live import makers


async def stream(world: World, host: Person, viewer: Person) -> Fields:
    """A stream."""
    return {"stream_id": (await makers.on_air(world, host, title="Haggai"))["id"]}


async def streams(world: World, host: Person, viewer: Person) -> Fields:
    """Somebody's streams."""
    await stream(world, host, viewer)
    return {"host_id": host.id}


async def on_air(world: World, host: Person, viewer: Person) -> Fields:
    """What is on air, the fullest at the top."""
    await makers.on_air(world, host, viewers=2_000_000_000)
    return {}


async def followed(world: World, host: Person, viewer: Person) -> Fields:
    """What somebody gives whom the viewer follows."""
    async with world.db.transaction() as tx:
        await follow(tx, viewer.id, host.id)
    await stream(world, host, viewer)
    return {}


async def found(world: World, host: Person, viewer: Person) -> Fields:
    """What a word finds that nothing else holds."""
    word = f"zeph{host.id}x"
    await makers.on_air(world, host, title=f"Evening {word}")
    return {"q": word}


async def of_person(world: World, host: Person, viewer: Person) -> Fields:
    """A person's stream."""
    await stream(world, host, viewer)
    return {"username": host.username}


async def said(world: World, writer: Person, viewer: Person) -> Fields:
    """What somebody said in a third person's stream."""
    row = await makers.on_air(world, await world.user())
    await makers.said(world, row, writer)
    return {"stream_id": row["id"]}


async def meeting(world: World, host: Person, viewer: Person) -> Fields:
    """A meeting."""
    return {"room_name": (await makers.made(world, host, kind=Kind.MEETING))["room_name"]}


MEETINGS: Meetings = {
    f"{live_service.SERVICE}/GetStream": Meeting(stream),
    f"{live_service.SERVICE}/ListStreams": Meeting(streams),
    f"{live_service.SERVICE}/ListLiveStreams": Meeting(on_air),
    f"{live_service.SERVICE}/ListRecommendedStreams": Meeting(on_air),
    f"{live_service.SERVICE}/ListFollowedStreams": Meeting(followed),
    f"{live_service.SERVICE}/SearchStreams": Meeting(found),
    f"{live_service.SERVICE}/GetStreamOfPerson": Meeting(of_person),
    f"{live_service.SERVICE}/ListPastStreams": "shows one's own alone",
    f"{stream_chat_service.SERVICE}/ListStreamMessages": Meeting(said),
    f"{stream_chat_service.SERVICE}/WatchStream": "tests/live/test_chat.py blocks before a stream is opened",
    f"{stage_service.SERVICE}/ListParticipants": "a host sees who is in the room; whom they block they also ban",
    f"{stage_service.SERVICE}/ListStreamBans": "a host sees whom they banned themselves",
    f"{meeting_service.SERVICE}/GetMeeting": Meeting(meeting),
    f"{meeting_service.SERVICE}/ListMyMeetings": "shows one's own alone",
}
