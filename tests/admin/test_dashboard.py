"""The dashboard: what waits exactly, what there is as of a minute ago, at a cost that does not grow."""

import pytest

from cnt_grpc import auth
from cnt_grpc.admin.jobs import MEASURE
from cnt_grpc.admin.rules import dashboard
from cnt_grpc.app.rooms import FIGURES
from cnt_grpc.kit import jobs
from cnt_grpc.pb.cnt.admin.v1.jobs_pb2 import MeasureTotals
from cnt_grpc.pb.cnt.community.v1 import support_service_pb2 as support_pb
from tests.admin.examples import apply
from tests.community.support_examples import made
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media.test_uploads import until


@pytest.fixture
async def boss(world: World, api: Api) -> Api:
    return api.as_(await world.user(roles={"admin"}, fresh=True))


async def test_the_dashboard(world: World, boss: Api) -> None:
    before = await boss.admin.GetDashboard()
    ann = await world.user()
    await apply(world, ann)
    ticket_id = await made(world, ann)
    after = await boss.admin.GetDashboard()
    for what in ("open_applications", "open_tickets", "unread_support"):
        assert after.open[what] == before.open[what] + 1, f"{what}: exactly, and at once"
    assert {"open_reports", "live_streams"} <= set(after.open)
    assert {"podcast", "movie", "music", "document", "bible_story", "community_post", "event"} <= set(after.pending)
    await boss.support.ReplyToTicket(ticket_id=ticket_id, message="We look into it.")
    answered = await boss.admin.GetDashboard()
    assert answered.open["open_tickets"] == after.open["open_tickets"], "in work is not done"
    assert answered.open["unread_support"] == after.open["unread_support"] - 1
    await boss.support.SetTicketStatus(ticket_id=ticket_id, status=support_pb.TICKET_STATUS_CLOSED)
    closed = await boss.admin.GetDashboard()
    assert closed.open["open_tickets"] == answered.open["open_tickets"] - 1


async def test_totals_are_counted_by_the_worker(world: World, boss: Api) -> None:

    await world.users(3)
    async with world.db.transaction() as tx:
        await jobs.enqueue(tx, MEASURE, MeasureTotals())

    async def names() -> bool:
        totals = (await boss.admin.GetDashboard()).totals
        wanted = {"users", "posts", "items_podcast", "plays_7_days", "plays_30_days"}
        wanted |= {"gifts_7_days", "gifts_30_days", "events", "streams", "items_document"}
        return wanted <= set(totals) and totals["users"] >= 3

    await until(names, True)
    found = await boss.admin.GetDashboard()
    assert found.HasField("totals_at")
    assert "open_applications" not in found.totals


async def test_the_dashboard_costs_the_same_however_much_there_is(world: World, boss: Api) -> None:
    person: Person = await world.user()

    async def statements() -> int:
        async with world.db.transaction() as tx:
            await dashboard.shown(tx, FIGURES, ["podcast"])
            return tx.statements

    before = await statements()
    async with world.db.transaction() as tx:
        await auth.grant_role(tx, person.id, auth.Role.CREATOR)
    assert await statements() == before
    assert before == 2 + sum(each.exact for each in FIGURES)
