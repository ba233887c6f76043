"""Bank details: kept sealed, shown in part, read in full for a reason, and sealed anew under load."""

import asyncio
import secrets
from typing import Any

import aiohttp
import pytest
from grpc import StatusCode

from cnt_grpc.kit.errors import Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import holder
from cnt_grpc.payment.bank_vault import AlteredError, BankVault
from cnt_grpc.payment.queries import bank as queries
from cnt_grpc.payment.rules import bank
from tests.harness.api import Api
from tests.harness.running import Running
from tests.harness.world import World
from tests.payment.examples import bank_fields

OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)
FIELDS = {name: f"{name} 0123456789" for name in queries.SEALED}


async def test_they_are_kept_shown_in_part_changed_and_forgotten(world: World, api: Api) -> None:
    ann = await world.user(fresh=True)
    payment = api.as_(ann).payment
    given = dict(bank_fields())
    shown = (await payment.CreateBankDetails(bank_details=given)).bank_details
    number = str(given["account_number"])
    assert (shown.account_number_last4, shown.bank_name) == (number[-4:], given["bank_name"])
    assert number not in str(shown)
    assert (await payment.GetBankDetails()).bank_details == shown
    await payment.CreateBankDetails(bank_details=given).fails(StatusCode.ALREADY_EXISTS, "BANK_DETAILS_EXIST")
    admin = await world.user(roles={"admin"}, fresh=True)
    await api.as_(admin).payment.VerifyBankDetails(user_id=ann.id)
    assert (await payment.GetBankDetails()).bank_details.is_verified
    changed = (await payment.UpdateBankDetails(bank_details=dict(bank_fields()))).bank_details
    assert not changed.is_verified
    await payment.DeleteBankDetails()
    await payment.GetBankDetails().fails(StatusCode.NOT_FOUND, "BANK_DETAILS_NOT_FOUND")


async def test_an_administrator_reads_them_for_a_reason_that_is_written_down(world: World, api: Api) -> None:
    ann, admin = await world.user(fresh=True), await world.user(roles={"admin"}, fresh=True)
    given = dict(bank_fields())
    await api.as_(ann).payment.CreateBankDetails(bank_details=given)
    reading = api.as_(admin).payment
    await reading.GetUserBankDetails(user_id=ann.id).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    found = (await reading.GetUserBankDetails(user_id=ann.id, reason="A payout came back")).bank_details
    assert {name: getattr(found, name) for name in queries.SEALED} == given
    sql = "SELECT actor_id, reason FROM audit_log WHERE target_kind = 'bank_details' AND target_id = $1"
    async with world.db.transaction() as tx:
        [row] = await tx.raw(sql, ann.id)
    assert tuple(row) == (admin.id, "A payout came back")


async def test_no_table_holds_them_in_the_clear(world: World, api: Api) -> None:
    ann = await world.user(fresh=True)
    given = dict(bank_fields())
    await api.as_(ann).payment.CreateBankDetails(bank_details=given, request_id="6f0f2c0e-6c39-4d3a-9b1b-0c2f3f6f8a11")
    async with world.db.transaction() as tx:
        tables = await tx.raw(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
            " WHERE schemaname IN ('public', 'pgqueuer')"
        )
        for table in tables:
            for row in await tx.raw(f"SELECT * FROM {table['name']}"):  # noqa: S608
                text = "\n".join(
                    value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row.values()
                )
                for secret in given.values():
                    assert str(secret) not in text, table["name"]


async def test_an_export_shows_them_as_their_owner_sees_them(world: World, api: Api) -> None:
    ann = await world.user(fresh=True)
    given = dict(bank_fields())
    await api.as_(ann).payment.CreateBankDetails(bank_details=given)
    held = holder(BankVault(world.system.settings.bank_key_ring()))
    blind = holder(BankVault({}))
    async with world.db.transaction() as tx:
        [shown] = [record async for kind, record in held.export(tx, ann.id) if kind == "bank_details"]
        [unreadable] = [record async for kind, record in blind.export(tx, ann.id) if kind == "bank_details"]
    assert (shown["account_number_last4"], shown["bank_name"]) == (
        str(given["account_number"])[-4:],
        given["bank_name"],
    )
    for name in ("account_number", "ifsc_code", "swift_code"):
        assert str(given[name]) not in str(shown)
    assert unreadable["unreadable"]


def test_what_was_sealed_for_another_person_or_field_does_not_open() -> None:
    vault = BankVault({"k": OLD})
    sealed = vault.seal(1, FIELDS)
    assert vault.unseal(1, "k", sealed) == FIELDS
    with pytest.raises(AlteredError):
        vault.unseal(2, "k", sealed)
    with pytest.raises(AlteredError):
        vault.unseal(1, "k", sealed | {"ifsc_code": sealed["swift_code"]})
    with pytest.raises(AlteredError):
        vault.unseal(1, "k", sealed | {"ifsc_code": sealed["ifsc_code"][:-1] + b"\0"})


def test_without_a_key_nothing_is_kept() -> None:
    for ask in (lambda: BankVault({}).newest, lambda: BankVault({"k": OLD}).unseal(1, "gone", {})):
        with pytest.raises(Precondition) as refused:
            ask()
        assert refused.value.reason == "BANK_KEYS_NOT_CONFIGURED"


async def test_what_was_altered_stops_neither_rotation_nor_export(world: World) -> None:
    old, both = BankVault({"altered-old": OLD}), BankVault({"altered-new": NEW, "altered-old": OLD})
    people = [(await world.user()).id for _ in range(3)]
    async with world.db.transaction() as tx:
        for user_id in people:
            await bank.create(tx, old, Caller(user_id), FIELDS)
        # Rows of other tests are sealed with keys that this vault has not: leave only ours.
        await tx.raw("DELETE FROM bank_details WHERE user_id <> ALL($1::bigint[])", people)
        await tx.raw("UPDATE bank_details SET account_number = ifsc_code WHERE user_id = $1", people[0])
    assert await bank.rotate(world.db, both) == (2, 1)
    async with world.db.transaction() as tx:
        rows = await tx.raw("SELECT key_id FROM bank_details WHERE user_id = ANY($1) ORDER BY user_id", people)
        shown = await bank.of_export(tx, both, people[0])
        await tx.raw("DELETE FROM bank_details WHERE user_id = ANY($1::bigint[])", people)
    assert [row["key_id"] for row in rows] == ["altered-old", "altered-new", "altered-new"]
    assert shown is not None
    assert shown["unreadable"]


async def test_neither_metrics_nor_logs_hold_them_in_the_clear(
    world: World, api: Api, running: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    ann, admin = await world.user(fresh=True), await world.user(roles={"admin"}, fresh=True)
    given = dict(bank_fields())
    await api.as_(ann).payment.CreateBankDetails(bank_details=given)
    await (
        api.as_(ann)
        .payment.CreateBankDetails(bank_details=given)
        .fails(StatusCode.ALREADY_EXISTS, "BANK_DETAILS_EXIST")
    )
    too_long = given | {"swift_code": "x" * 999}
    await api.as_(ann).payment.UpdateBankDetails(bank_details=too_long).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await api.as_(admin).payment.GetUserBankDetails(user_id=ann.id, reason="A payout came back")
    async with aiohttp.ClientSession() as http, http.get(f"{running.side_url}/metrics") as reply:
        assert reply.status == 200
        metrics = await reply.text()
    assert "cnt_database_connections" in metrics
    told = "\n".join([metrics, caplog.text, *capfd.readouterr()])
    for name in ("account_number", "ifsc_code", "swift_code", "account_holder_name"):
        assert str(given[name]) not in told, name


async def test_sealing_anew_loses_nothing_while_people_change_theirs(world: World) -> None:
    old, both = BankVault({"test-old": OLD}), BankVault({"test-new": NEW, "test-old": OLD})
    people = [(await world.user()).id for _ in range(30)]
    latest: dict[int, str] = {}

    async def change(user_id: int, vault: BankVault, number: str, *, first: bool = False) -> None:
        fields: dict[str, Any] = FIELDS | {"account_number": number}
        act = bank.create if first else bank.update
        async with world.db.transaction() as tx:
            await act(tx, vault, Caller(user_id), fields)
        latest[user_id] = number

    for user_id in people:
        await change(user_id, old, f"first {user_id}", first=True)
    # Rows of other tests are sealed with keys that this vault has not: leave only ours.
    async with world.db.transaction() as tx:
        await tx.raw("DELETE FROM bank_details WHERE user_id <> ALL($1::bigint[])", people)
    changes = (change(user_id, both, f"second {user_id}") for user_id in people[::2])
    await asyncio.gather(bank.rotate(world.db, both), *changes)
    await bank.rotate(world.db, both)
    only_new = BankVault({"test-new": NEW})
    for user_id in people:
        async with world.db.transaction() as tx:
            found = await bank.own(tx, only_new, user_id)
        assert found.fields["account_number"] == latest[user_id]
    async with world.db.transaction() as tx:
        await tx.raw("DELETE FROM bank_details WHERE user_id = ANY($1::bigint[])", people)
