"""Reports of streams and of what is said in them: who may make one, what moderators see and do, who is told."""

from typing import Any

from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.live import log
from cnt_grpc.live.standing import Entry, Kind, Status
from cnt_grpc.pb.cnt.moderation.v1 import report_pb2
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.live import makers

UPHELD = report_pb2.REPORT_STATUS_UPHELD


async def report(api: Api, who: Person, content_type: str, content_id: int) -> Any:
    """Report it, as spam."""
    spam = report_pb2.REPORT_CATEGORY_SPAM
    return await api.as_(who).report.CreateReport(content_type=content_type, content_id=content_id, category=spam)


async def message(world: World, api: Api, stream: Any, by: Person, text: str) -> Any:
    """What somebody says in a chat, as everyone sees it."""
    await makers.said(world, stream, by, text)
    return (await api.stream_chat.ListStreamMessages(stream_id=stream["id"])).messages[0]


async def acts_on(api: Api, stream: Any) -> list[str]:
    """What the audit tells of a stream, the last act first."""
    audit = await api.moderation.ListAudit(target=f"stream:{stream['id']}")
    return [each.action for each in audit.entries]


async def test_a_stream_is_reported_ended_and_deleted(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    mod, admin = await world.user(roles={"moderator"}), await world.user(roles={"admin"}, fresh=True)
    stream = await makers.on_air(world, ann, title="Buy my book")
    await report(api, bob, "stream", stream["id"])
    (shown,) = (await api.as_(mod).report.ListReports(author_id=ann.id)).reports
    assert (shown.content_type, shown.content_id, shown.title) == ("stream", stream["id"], "Buy my book")
    assert (shown.author_id, shown.author_name, shown.reporter_id) == (ann.id, ann.name, bob.id)

    await api.as_(mod).live.EndStream(stream_id=stream["id"])
    await api.as_(mod).live.EndStream(stream_id=stream["id"])
    await api.as_(mod).report.ResolveReport(report_id=shown.report_id, status=UPHELD)
    await api.as_(mod).live.DeleteStream(stream_id=stream["id"])
    for who in (bob, ann, mod):
        await api.as_(who).live.GetStream(stream_id=stream["id"]).fails(StatusCode.NOT_FOUND, "STREAM_NOT_FOUND")
    notices = (await api.as_(ann).notification.ListNotifications()).notifications
    assert [each.message for each in notices] == [
        "“Buy my book” was not approved: it was deleted",
        "“Buy my book” was not approved: a moderator ended it",
    ]
    assert await acts_on(api.as_(admin), stream) == ["delete", "end"]
    (gone,) = (await api.as_(mod).report.ListReports(author_id=ann.id, status=UPHELD)).reports
    assert (gone.gone, gone.title) == (True, "")


async def test_what_its_host_does_is_neither_written_down_nor_told(world: World, api: Api) -> None:
    ann, admin = await world.user(roles={"moderator"}), await world.user(roles={"admin"})
    stream = await makers.on_air(world, ann)
    await api.as_(ann).live.EndStream(stream_id=stream["id"])
    await api.as_(ann).live.DeleteStream(stream_id=stream["id"])
    assert await acts_on(api.as_(admin), stream) == []
    assert not (await api.as_(ann).notification.ListNotifications()).notifications


async def test_a_message_is_reported_and_taken_out(world: World, api: Api) -> None:
    ann, bob, zoe = await world.users(3)
    mod, admin = await world.user(roles={"moderator"}), await world.user(roles={"admin"})
    stream = await makers.on_air(world, ann, title="Vespers")
    said = await message(world, api, stream, bob, "Buy  my book! " + "Do! " * 30)
    await report(api, zoe, "message", said.message_id)
    await report(api, ann, "message", said.message_id)
    seen = (await api.as_(mod).report.ListReports(author_id=bob.id)).reports
    assert {(each.content_type, each.content_id, each.open_reports) for each in seen} == {
        ("message", said.message_id, 2)
    }
    assert seen[0].title.startswith("Buy my book! Do!")
    assert len(seen[0].title) <= 80
    await api.as_(mod).stream_chat.DeleteStreamMessage(stream_id=stream["id"], seq=said.seq)
    (notice,) = (await api.as_(bob).notification.ListNotifications()).notifications
    assert notice.message == "“Your message in Vespers” was not approved: a moderator took it out"
    assert notice.data["content_id"] == str(said.message_id)
    assert await acts_on(api.as_(admin), stream) == ["remove_message"]
    for who in (zoe, bob, mod):
        await refused(api, who, "message", said.message_id)
    assert {each.gone for each in (await api.as_(mod).report.ListReports(author_id=bob.id)).reports} == {True}


async def test_only_what_one_sees_is_reported(world: World, api: Api) -> None:
    ann, bob, zoe = await world.users(3)
    stream = await makers.on_air(world, ann)
    said = await message(world, api, stream, bob, "Amen.")
    meeting = await makers.made(world, ann, kind=Kind.MEETING)
    await makers.said(world, meeting, bob, "In private.")
    async with world.db.transaction() as tx:
        [private] = await tx.raw("SELECT id FROM stream_messages WHERE stream_id = $1", meeting["id"])
        seq = await log.write(tx, stream["id"], Entry.STATUS, data={"status": Status.LIVE})
        [entry] = await tx.raw("SELECT id FROM stream_messages WHERE stream_id = $1 AND seq = $2", stream["id"], seq)
    await refused(api, zoe, "stream", meeting["id"])
    await refused(api, zoe, "message", private["id"])
    await refused(api, zoe, "message", entry["id"])
    await refused(api, zoe, "stream", 2**62)
    await refused(api, zoe, "message", 2**62)
    # One's own is not reported, and whoever is in a block with somebody does not see what is theirs.
    for who, kind, thing_id in ((ann, "stream", stream["id"]), (bob, "message", said.message_id)):
        call = api.as_(who).report.CreateReport(content_type=kind, content_id=thing_id, category=1)
        await call.fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await api.as_(bob).user.BlockUser(user_id=zoe.id)
    await refused(api, zoe, "message", said.message_id)
    await report(api, zoe, "stream", stream["id"])
    await api.as_(zoe).user.BlockUser(user_id=ann.id)
    await refused(api, zoe, "stream", stream["id"])
    async with world.db.transaction() as tx:
        await tx.raw("UPDATE users SET banned_at = $2 WHERE id = $1", ann.id, clock.now())
    eve = await world.user()
    await refused(api, eve, "stream", stream["id"])
    await refused(api, eve, "message", said.message_id)


async def refused(api: Api, who: Person, content_type: str, content_id: int) -> None:
    """A report that is answered as one of what is not there."""
    call = api.as_(who).report.CreateReport(content_type=content_type, content_id=content_id, category=1)
    await call.fails(StatusCode.NOT_FOUND, "SUBJECT_NOT_FOUND")
