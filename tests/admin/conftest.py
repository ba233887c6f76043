"""What the tests of this room share."""

import pytest

from tests.admin.drive_boss import Boss
from tests.admin.drive_examples import connect
from tests.harness.api import Api
from tests.harness.world import World


@pytest.fixture
async def boss(world: World, api: Api) -> Boss:
    person = await world.user(roles={"admin"})
    return Boss(world, api, person, await connect(world, person))
