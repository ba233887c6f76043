"""The audit: every decision is in it, in order, and one changed, missing or added row is found."""

import asyncio
import json
import re
from typing import Any

import asyncpg
import pytest
from grpc import StatusCode

from cnt_grpc.commands import audit as commands
from cnt_grpc.moderation import Act, Verdict, pending_by_kind, record, verify
from cnt_grpc.moderation.audit import fingerprint
from cnt_grpc.moderation.queries import cases
from tests.content import makers
from tests.harness.api import Api
from tests.harness.world import Person, World


async def verdict(world: World) -> Verdict:
    """What a walk along the chain finds."""
    async with world.db.snapshot() as tx:
        return await verify(tx)


async def acts_of(world: World, actor: Person) -> list[Any]:
    """The audit's rows of one person."""
    async with world.db.transaction() as tx:
        return await tx.raw("SELECT * FROM audit_log WHERE actor_id = $1 ORDER BY id", actor.id)


async def act(world: World, number: int = 1) -> None:
    """Audit so many acts, each in a transaction of its own."""
    for each in range(number):
        async with world.db.transaction() as tx:
            record(tx, Act(0, "try", "podcast", each + 1, {"status": "pending"}, {"status": "approved"}, "so 𝄞"))


async def test_each_decision_is_written_down(world: World, api: Api) -> None:
    ann, mod = await world.user(), await world.user(roles={"moderator"})
    async with world.db.transaction() as tx:
        podcast = await makers.podcast(tx, by=ann.id, status="pending")
    moderation = api.as_(mod).moderation
    given = {"content_type": "podcast", "content_id": podcast["id"], "reason": "Because."}
    await moderation.ApproveContent(**given)
    await moderation.RejectContent(**given)
    await moderation.ArchiveContent(**given)
    rows = await acts_of(world, mod)
    assert [(row["action"], row["target_kind"], row["target_id"]) for row in rows] == [
        (action, "podcast", podcast["id"]) for action in ("approve", "reject", "archive")
    ]
    assert [json.loads(row["before"])["status"] for row in rows] == ["pending", "approved", "rejected"]
    assert [json.loads(row["after"])["status"] for row in rows] == ["approved", "rejected", "archived"]
    assert {row["reason"] for row in rows} == {"Because."}
    assert (await verdict(world)).broken_at is None


async def test_what_an_administrator_does_to_the_item_of_another_is_written_down(world: World, api: Api) -> None:
    ann, admin = await world.user(), await world.user(roles={"admin"})
    async with world.db.transaction() as tx:
        podcast = await makers.podcast(tx, by=ann.id, title="Ruth")
    content = api.as_(admin).content
    await content.UpdatePodcast(podcast_id=podcast["id"], title="Boas")
    await content.DeletePodcast(podcast_id=podcast["id"])
    update, delete = await acts_of(world, admin)
    before, after = json.loads(update["before"]), json.loads(update["after"])
    assert (update["action"], before["title"], after["title"]) == ("update", fingerprint("Ruth"), fingerprint("Boas"))
    assert not {"Ruth", "Boas"} & {word for row in (update, delete) for word in re.findall(r"\w+", str(dict(row)))}
    assert (delete["action"], json.loads(delete["before"])["creator_id"]) == ("delete", ann.id)


async def test_a_refused_decision_is_not(world: World, api: Api) -> None:
    mod = await world.user(roles={"moderator"})
    async with world.db.transaction() as tx:
        podcast = await makers.podcast(tx, by=mod.id, status="pending")
    with pytest.raises(AssertionError, match="OWN_CASE"):
        await api.as_(mod).moderation.ApproveContent(content_type="podcast", content_id=podcast["id"])
    assert await acts_of(world, mod) == []


async def test_parallel_acts_make_one_chain(world: World) -> None:
    before = await verdict(world)
    await asyncio.gather(*(act(world, 5) for _ in range(8)))
    assert await verdict(world) == Verdict(before.rows + 40, None)


@pytest.mark.parametrize("sql", ["UPDATE audit_log SET reason = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"])
async def test_the_database_refuses_to_change_the_audit(world: World, sql: str) -> None:
    await act(world)
    with pytest.raises(asyncpg.PostgresError, match="append"):
        async with world.db.transaction() as tx:
            await tx.raw(sql)


_ADD = """
    INSERT INTO audit_log SELECT {id}, at, actor_id, action, target_kind, target_id, before, after, reason, a.hash
    FROM audit_log a, audit_head l WHERE a.id = l.length
"""


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE audit_log SET reason = 'bribed' WHERE id = $1", 0),
        ("UPDATE audit_log SET at = at + interval '1 microsecond' WHERE id = $1", 0),
        ("UPDATE audit_log SET target_id = target_id + 1 WHERE id = $1", 0),
        ("DELETE FROM audit_log WHERE id = $1", 0),
        ("DELETE FROM audit_log WHERE id >= $1", 0),
        (_ADD.format(id="l.length + 1 + 0 * $1::bigint"), 3),
        ("UPDATE audit_head SET hash = '\\x00', length = length + 0 * $1::bigint", 3),
    ],
)
async def test_whoever_changes_a_row_behind_our_back_is_found_out(world: World, sql: str, broken: int) -> None:
    await act(world, 3)
    sound = await verdict(world)
    changed = sound.rows - 2
    connection = await asyncpg.connect(world.db.dsn)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("ALTER TABLE audit_log DISABLE TRIGGER ALL")
        await connection.execute(sql, changed)
        found = await verify(Behind(connection))  # type: ignore[arg-type]
    finally:
        await transaction.rollback()
        await connection.close()
    assert found.broken_at == changed + broken


@pytest.mark.parametrize("where", ["0", "-5"])
async def test_whoever_puts_a_row_before_the_first_is_found_out(world: World, where: str) -> None:
    await act(world)
    connection = await asyncpg.connect(world.db.dsn)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(_ADD.format(id=where))
        found = await verify(Behind(connection))  # type: ignore[arg-type]
    finally:
        await transaction.rollback()
        await connection.close()
    assert found == Verdict(0, 1)


async def test_it_is_read_by_actor_action_and_target(world: World, api: Api) -> None:
    ann, admin = await world.user(), await world.user(roles={"admin"})
    async with world.db.transaction() as tx:
        record(tx, Act(ann.id, "try", "podcast", 7, {"status": "pending"}, {"status": "approved"}, "so"))
        record(tx, Act(ann.id, "try", "movie", 7, {}, {}))
        record(tx, Act(ann.id, "fail", "podcast", 70, {}, {}))
    audit = api.as_(admin).moderation.ListAudit

    async def found(**narrowed: Any) -> list[tuple[str, str, int]]:
        page = await audit(**{"actor": ann.id, **narrowed})
        return [(act.action, act.target_type, act.target_id) for act in page.entries]

    one, two, three = ("try", "podcast", 7), ("try", "movie", 7), ("fail", "podcast", 70)
    assert await found() == [three, two, one]
    assert await found(action="try") == [two, one]
    assert await found(target="podcast") == [three, one]
    assert await found(target="podcast:7") == [one]
    assert await found(target="podcast:0") == []
    assert await found(action="try", target="movie:7") == [two]
    entry = (await audit(actor=ann.id, target="podcast:7")).entries[0]
    assert (entry.actor_name, entry.reason) == (ann.name, "so")
    assert (json.loads(entry.before), json.loads(entry.after)) == ({"status": "pending"}, {"status": "approved"})
    await audit(target="podcast 7").fails(StatusCode.INVALID_ARGUMENT, "INVALID")


async def test_the_command_says_whether_the_chain_is_whole(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await act(world)
    whole = await verdict(world)
    assert await commands.verify(world.system.settings)
    assert capsys.readouterr().out == f"{whole.rows} acts, and nothing was changed\n"

    async def broken(_: object) -> Verdict:
        return Verdict(6, 7)

    monkeypatch.setattr("cnt_grpc.moderation.verify", broken)
    assert not await commands.verify(world.system.settings)
    assert "row 7 of audit_log" in capsys.readouterr().out


async def test_what_waits_is_counted_by_an_index(world: World) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        before = await pending_by_kind(tx)
        for status in ("pending", "pending", "approved"):
            await makers.podcast(tx, by=ann.id, status=status)
        after = await pending_by_kind(tx)
        await tx.raw("SET LOCAL enable_seqscan = off")
        plan = await tx.raw(f"EXPLAIN {cases.number_of_open_cases().sql}")
    assert after["podcast"] == before.get("podcast", 0) + 2
    assert "_open" in "\n".join(row[0] for row in plan)


class Behind:
    """Reads what a transaction of the test's own has changed, as `verify` would after its commit."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def all(self, statement: Any, **params: Any) -> Any:
        """All rows."""
        return await self.connection.fetch(statement.sql, *statement.arguments(params))

    async def one(self, statement: Any, **params: Any) -> Any:
        """The first row."""
        return await self.connection.fetchrow(statement.sql, *statement.arguments(params))
