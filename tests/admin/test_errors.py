"""Defects: whoever is told an id finds where it happened, and nothing that anybody sent."""

from datetime import timedelta

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock, defects
from tests.harness.api import Api
from tests.harness.world import World

SENT = "canary-4711"


async def broken() -> None:
    raise ValueError(SENT)


async def test_a_defect_is_found_by_the_id_that_its_caller_was_told(world: World, api: Api) -> None:
    ann, admin = await world.user(), await world.user(roles={"admin"})
    with pytest.raises(ValueError, match="canary") as raised:
        await broken()
    await defects.keep(world.db, f"told-{ann.id}", "cnt.auth.v1.UserService/GetMe", raised.value)
    row = await api.as_(admin).admin.GetError(error_id=f"told-{ann.id}")
    assert (row.method, row.kind) == ("cnt.auth.v1.UserService/GetMe", "ValueError")
    assert "in broken" in row.stack
    assert "canary" not in row.stack
    await api.as_(admin).admin.GetError(error_id="never").fails(StatusCode.NOT_FOUND, "ERROR_NOT_FOUND")
    await api.as_(ann).admin.GetError(error_id=f"told-{ann.id}").fails(StatusCode.PERMISSION_DENIED, "ROLE_MISSING")
    clock.move(timedelta(days=15))
    async with world.db.transaction() as tx:
        assert await tx.run(defects.purge(1000), before=clock.now() - timedelta(days=14)) >= 1
        assert await defects.find(tx, f"told-{ann.id}") is None
