"""Reports: who may make one of what, what moderators see of them, and what they decide."""

import json
from functools import partial
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc import moderation
from cnt_grpc.pb.cnt.moderation.v1 import report_pb2
from tests.community import event_makers
from tests.community import makers as community
from tests.content import makers
from tests.harness.api import Api
from tests.harness.world import Person, World

ABUSE = report_pb2.REPORT_CATEGORY_ABUSE
UPHELD, DISMISSED = report_pb2.REPORT_STATUS_UPHELD, report_pb2.REPORT_STATUS_DISMISSED


async def podcast(world: World, who: Person, **given: Any) -> int:
    """The id of a podcast of this person."""
    async with world.db.transaction() as tx:
        return int((await makers.podcast(tx, by=who.id, **given))["id"])


async def report(api: Api, who: Person, content_type: str, content_id: int, **given: Any) -> int:
    """Report it; the report's id."""
    given = {"category": ABUSE, **given}
    call = api.as_(who).report.CreateReport(content_type=content_type, content_id=content_id, **given)
    return int((await call).report_id)


async def test_a_report_shows_moderators_what_whose_by_whom_and_why(world: World, api: Api) -> None:
    ann, bob = await world.user(name="Ann"), await world.user(name="Bob")
    mod = await world.user(roles={"moderator"})
    podcast_id = await podcast(world, ann, title="Jezebel")
    report_id = await report(api, bob, "podcast", podcast_id, details="Read 1 Kings 21.")
    (shown,) = (await api.as_(mod).report.ListReports(author_id=ann.id)).reports
    assert (shown.report_id, shown.content_type, shown.content_id) == (report_id, "podcast", podcast_id)
    assert (shown.title, shown.gone, shown.author_id, shown.author_name) == ("Jezebel", False, ann.id, "Ann")
    assert (shown.category, shown.details) == (ABUSE, "Read 1 Kings 21.")
    assert (shown.reporter_id, shown.reporter_name, shown.open_reports) == (bob.id, "Bob", 1)
    assert (shown.status, shown.resolved_by) == (report_pb2.REPORT_STATUS_OPEN, 0)


async def test_posts_comments_events_and_people_can_be_reported(world: World, api: Api) -> None:
    ann, bob = await world.user(name="Ann"), await world.user()
    mod = await world.user(roles={"moderator"})
    post_id = await community.made(world, ann)
    said = await api.as_(ann).community.CreateComment(post_id=post_id, content="Thou fool!")
    event_id = await event_makers.made(world, ann, title="Wrath")
    things = {"community_post": post_id, "comment": said.comment.comment_id, "event": event_id, "person": ann.id}
    for kind, thing_id in things.items():
        await report(api, bob, kind, thing_id)
    shown = (await api.as_(mod).report.ListReports(author_id=ann.id)).reports
    assert {each.content_type: each.content_id for each in shown} == things
    assert {each.author_name for each in shown} == {"Ann"}
    titles = {each.content_type: each.title for each in shown}
    assert (titles["comment"], titles["event"], titles["person"]) == ("Thou fool!", "Wrath", "Ann")
    (only,) = (await api.as_(mod).report.ListReports(author_id=ann.id, content_type="comment")).reports
    assert only.content_type == "comment"


async def test_twice_is_once_until_somebody_decides(world: World, api: Api) -> None:
    ann, bob, cas = await world.users(3)
    mod = await world.user(roles={"moderator"})
    podcast_id = await podcast(world, ann)
    first = await report(api, bob, "podcast", podcast_id)
    assert await report(api, bob, "podcast", podcast_id) == first
    other = await report(api, cas, "podcast", podcast_id)
    assert other != first
    shown = (await api.as_(mod).report.ListReports(author_id=ann.id)).reports
    assert [(each.report_id, each.open_reports) for each in shown] == [(first, 2), (other, 2)]
    await api.as_(mod).report.ResolveReport(report_id=first, status=DISMISSED)
    assert await report(api, bob, "podcast", podcast_id) not in {first, other}


@pytest.mark.parametrize("kind", ["podcast", "community_post", "comment", "event", "person"])
async def test_what_one_does_not_see_cannot_be_reported(world: World, api: Api, kind: str) -> None:
    ann, bob = await world.users(2)
    post_id = await community.made(world, ann)
    said = await api.as_(ann).community.CreateComment(post_id=post_id, content="Peace.")
    things = {
        "podcast": await podcast(world, ann),
        "community_post": post_id,
        "comment": said.comment.comment_id,
        "event": await event_makers.made(world, ann),
        "person": ann.id,
    }
    await api.as_(ann).user.BlockUser(user_id=bob.id)
    create = partial(api.as_(bob).report.CreateReport, content_type=kind, category=ABUSE)
    hidden = await create(content_id=things[kind]).fails(StatusCode.NOT_FOUND, "SUBJECT_NOT_FOUND")
    unknown = await create(content_id=2**62).fails(StatusCode.NOT_FOUND, "SUBJECT_NOT_FOUND")
    assert hidden.wire == unknown.wire


@pytest.mark.parametrize("status", ["pending", "rejected", "archived"])
async def test_a_hidden_event_cannot_be_reported(world: World, api: Api, status: str) -> None:
    ann, bob = await world.users(2)
    event_id = await event_makers.made(world, ann, status=status)
    create = partial(api.as_(bob).report.CreateReport, content_type="event", category=ABUSE)
    hidden = await create(content_id=event_id).fails(StatusCode.NOT_FOUND, "SUBJECT_NOT_FOUND")
    unknown = await create(content_id=2**62).fails(StatusCode.NOT_FOUND, "SUBJECT_NOT_FOUND")
    assert hidden.wire == unknown.wire


async def test_nobody_reports_their_own(world: World, api: Api) -> None:
    ann = await world.user()
    podcast_id = await podcast(world, ann)
    for kind, thing_id in (("podcast", podcast_id), ("person", ann.id)):
        call = api.as_(ann).report.CreateReport(content_type=kind, content_id=thing_id, category=ABUSE)
        assert (await call.fails(StatusCode.INVALID_ARGUMENT, "INVALID")).fields == ["content_id"]


async def test_a_decision_is_audited_and_made_once(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    mod, admin = await world.user(roles={"moderator"}), await world.user(roles={"admin"}, name="Deborah")
    podcast_id = await podcast(world, ann)
    report_id = await report(api, bob, "podcast", podcast_id)
    resolve = api.as_(admin).report.ResolveReport
    decided = (await resolve(report_id=report_id, status=UPHELD, note="It is so.")).report
    assert (decided.status, decided.resolved_by, decided.note) == (UPHELD, admin.id, "It is so.")
    assert (decided.open_reports, decided.HasField("resolved_at")) == (0, True)
    call = api.as_(mod).report.ResolveReport(report_id=report_id, status=DISMISSED)
    await call.fails(StatusCode.FAILED_PRECONDITION, "REPORT_RESOLVED", status="upheld")
    assert not (await api.as_(mod).report.ListReports(author_id=ann.id)).reports
    (listed,) = (await api.as_(mod).report.ListReports(author_id=ann.id, status=UPHELD)).reports
    assert listed == decided
    (act,) = (await api.as_(admin).moderation.ListAudit(target=f"report:{report_id}")).entries
    assert (act.actor_id, act.actor_name, act.action, act.reason) == (admin.id, "Deborah", "resolve", "It is so.")
    before, after = json.loads(act.before), json.loads(act.after)
    assert (before["status"], after["status"], after["content_id"]) == ("open", "upheld", podcast_id)


async def test_nobody_decides_a_case_of_their_own(world: World, api: Api) -> None:
    mod, other, ann = await world.user(roles={"moderator"}), await world.user(roles={"admin"}), await world.user()
    of_mods = await report(api, ann, "person", mod.id)
    by_mod = await report(api, mod, "person", ann.id)
    for report_id in (of_mods, by_mod):
        call = api.as_(mod).report.ResolveReport(report_id=report_id, status=DISMISSED)
        await call.fails(StatusCode.PERMISSION_DENIED, "OWN_CASE")
    assert not (await api.as_(mod).report.ListReports(author_id=mod.id)).reports
    (shown,) = (await api.as_(other).report.ListReports(author_id=mod.id)).reports
    assert shown.report_id == of_mods


async def test_a_decision_must_be_one_and_the_report_must_be_there(world: World, api: Api) -> None:
    mod = await world.user(roles={"moderator"})
    resolve = api.as_(mod).report.ResolveReport
    for status in (0, report_pb2.REPORT_STATUS_OPEN):
        await resolve(report_id=1, status=status).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await resolve(report_id=2**62, status=UPHELD).fails(StatusCode.NOT_FOUND, "REPORT_NOT_FOUND")


async def test_what_is_gone_is_shown_as_gone(world: World, api: Api) -> None:
    ann, bob, mod = await world.user(), await world.user(), await world.user(roles={"moderator"})
    podcast_id = await podcast(world, ann)
    await report(api, bob, "podcast", podcast_id)
    await api.as_(ann).content.DeletePodcast(podcast_id=podcast_id)
    (shown,) = (await api.as_(mod).report.ListReports(author_id=ann.id)).reports
    assert (shown.gone, shown.title, shown.author_id) == (True, "", ann.id)


async def test_statements_do_not_grow_with_the_page(world: World, api: Api) -> None:
    from cnt_grpc.app.rooms import REPORTABLE  # noqa: PLC0415
    from cnt_grpc.kit.paging import Page  # noqa: PLC0415
    from cnt_grpc.kit.rpc.call import Caller  # noqa: PLC0415
    from cnt_grpc.moderation.rules.reports import Wanted, listed  # noqa: PLC0415
    from cnt_grpc.moderation.status import ReportStatus  # noqa: PLC0415

    ann, bob = await world.users(2)
    for _ in range(12):
        await report(api, bob, "podcast", await podcast(world, ann))
    kinds = moderation.Reportables(REPORTABLE)
    async with world.db.transaction() as tx:
        page = Page.of(report_pb2.ListReportsRequest(page_size=20), method="test")
        rows, _ = await listed(tx, kinds, Caller(user_id=bob.id), Wanted(ReportStatus.OPEN, "", ann.id), page)
        assert (len(rows), tx.statements) == (12, 2)


async def test_leaving_takes_a_persons_words_along_and_keeps_the_report(world: World, api: Api) -> None:
    ann, bob, mod = await world.user(), await world.user(), await world.user(roles={"moderator"})
    podcast_id = await podcast(world, ann)
    report_id = await report(api, bob, "podcast", podcast_id, details="Ask Bob's sister Martha.")
    await report(api, bob, "person", ann.id, details="She lives in Endor.")
    async with world.db.snapshot() as tx:
        records = [record async for kind, record in moderation.HOLDER.export(tx, bob.id) if kind == "reports"]
    assert [record["details"] for record in records] == ["Ask Bob's sister Martha.", "She lives in Endor."]
    async with world.db.transaction() as tx:
        await moderation.HOLDER.erase(tx, bob.id)
    details = {
        each.report_id: each.details for each in (await api.as_(mod).report.ListReports(author_id=ann.id)).reports
    }
    assert set(details.values()) == {""}
    assert len(details) == 2
    async with world.db.transaction() as tx:
        await moderation.HOLDER.erase(tx, ann.id)
    left = (await api.as_(mod).report.ListReports(author_id=ann.id)).reports
    assert [each.report_id for each in left] == [report_id]
