"""What the auth room forgets in time, and what it keeps."""

from datetime import timedelta

from cnt_grpc.auth.rules import slow_down
from cnt_grpc.auth.rules.forgetting import forget_old
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from tests.auth import makers
from tests.harness.world import World


async def sessions_of(tx: Tx, user_id: int) -> list[tuple[int, int]]:
    """Ids of sessions with the number of their refresh tokens."""
    rows = await tx.raw(
        "SELECT s.id, count(t.token_hash) FROM sessions s LEFT JOIN refresh_tokens t ON t.session_id = s.id "
        "WHERE s.user_id = $1 GROUP BY s.id ORDER BY s.id",
        user_id,
    )
    return [(row[0], row[1]) for row in rows]


async def test_what_is_past_its_time_goes_and_the_rest_stays(world: World) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        await slow_down.count(tx, [slow_down.account("to be forgotten")])
    clock.move(timedelta(days=20))
    async with world.db.transaction() as tx:
        later = await makers.session(tx, ann.id)
        await slow_down.count(tx, [slow_down.account("to be kept")])
    clock.move(timedelta(hours=1))
    for days, left in (
        (0, [(ann.session_id, 1), (later, 1)]),
        (11, [(ann.session_id, 0), (later, 1)]),
        (30, [(later, 0)]),
    ):
        clock.move(timedelta(days=days))
        while await world.db.transact(forget_old):
            pass  # a bounded number at a time, of everybody's
        async with world.db.transaction() as tx:
            assert await sessions_of(tx, ann.id) == left
            counts = await tx.raw("SELECT key FROM wrong_tries")
            assert (slow_down.account("to be kept").key in {row["key"] for row in counts}) == (days == 0)
            assert slow_down.account("to be forgotten").key not in {row["key"] for row in counts}
    assert await world.db.transact(forget_old) == 0
