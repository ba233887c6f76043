"""The dashboard: what waits exactly, what there is as of a minute ago, at a cost that does not grow."""

import pytest

from cnt_grpc import auth
from cnt_grpc.admin.jobs import MEASURE
from cnt_grpc.admin.rules import dashboard
from cnt_grpc.app.rooms import FIGURES
from cnt_grpc.kit import jobs
from cnt_grpc.pb.cnt.admin.v1.jobs_pb2 import MeasureTotals
from tests.admin.examples import apply
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media.test_uploads import until


@pytest.fixture
async def boss(world: World, api: Api) -> Api:
    return api.as_(await world.user(roles={"admin"}, fresh=True))


async def test_the_dashboard(world: World, boss: Api) -> None:
    before = await boss.admin.GetDashboard()
    await apply(world, await world.user())
    after = await boss.admin.GetDashboard()
    assert after.open["open_applications"] == before.open["open_applications"] + 1, "exactly, and at once"
    assert {"podcast", "movie", "music", "document", "bible_story", "community_post"} <= set(after.pending)


async def test_totals_are_counted_by_the_worker(world: World, boss: Api) -> None:

    await world.users(3)
    async with world.db.transaction() as tx:
        await jobs.enqueue(tx, MEASURE, MeasureTotals())

    async def names() -> bool:
        totals = (await boss.admin.GetDashboard()).totals
        wanted = {"users", "posts", "items_podcast", "plays_7_days", "plays_30_days", "gifts_7_days", "gifts_30_days"}
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
