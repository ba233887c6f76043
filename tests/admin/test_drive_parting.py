"""How a Google Drive is let go: by its administrator, by another account, by a lost role, with its person."""

import asyncio
import secrets
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from grpc import StatusCode

from cnt_grpc.admin import HOLDER
from cnt_grpc.admin.rules import drive_parting
from tests.admin.drive_boss import CANCELLED, DONE, PATIENCE, Boss, mp3
from tests.admin.drive_examples import connect
from tests.harness.api import Api
from tests.harness.world import World


async def test_a_drive_is_disconnected(boss: Boss, tmp_path: Path) -> None:
    drive, mine = boss.drive, boss.api.drive
    file_id = drive.add(boss.owner, mp3(tmp_path, seconds=1) + secrets.token_bytes(3_000_000))
    held = asyncio.Event()

    async def pause(which: str) -> None:
        if which == file_id:
            await held.wait()

    drive.pause = pause
    try:
        begun = (await mine.ImportDriveFile(file_id=file_id)).drive_import
        async with asyncio.timeout(PATIENCE):
            while not drive.ranges.get(file_id):
                await asyncio.sleep(0.02)
        await mine.DisconnectDrive()
        assert (await boss.watched(begun.import_id))[-1].status == CANCELLED
    finally:
        held.set()
        drive.pause = None
    await mine.ListDriveFiles().fails(StatusCode.FAILED_PRECONDITION, "DRIVE_NOT_CONNECTED")
    await mine.DisconnectDrive().fails(StatusCode.FAILED_PRECONDITION, "DRIVE_NOT_CONNECTED")
    await forgotten(boss)
    async with boss.world.db.transaction() as tx:
        acts = await tx.raw("SELECT action FROM audit_log WHERE actor_id = $1 ORDER BY id", boss.person.id)
    assert [row["action"] for row in acts] == ["connect", "import", "disconnect"]


async def test_what_google_would_take_from_others_too_is_not_given_back(boss: Boss, world: World, api: Api) -> None:
    """Two administrators with one account of Google's: it is given back when the second one goes."""
    other = await world.user(roles={"admin"})
    await connect(world, other, owner=boss.owner)
    [refresh, *_] = [token for token, owner in boss.drive.refresh_tokens.items() if owner == boss.owner]
    await boss.api.drive.DisconnectDrive()
    await drive_parting.revoke(world.db, world.system.drive, refresh, f"{boss.owner}@example.com")
    await api.as_(other).drive.ListDriveFiles()
    # Whoever connects the same account anew keeps it, and lets go of it with another one.
    for owner in (boss.owner, f"another-{other.id}"):
        url = world.system.drive_accounts().page(other.id)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        boss.drive.codes[f"code-{owner}"] = asked | {"login_hint": owner}
        await api.as_(other).drive.FinishDriveSignIn(code=f"code-{owner}", state=asked["state"])
        await api.as_(other).drive.ListDriveFiles()
    await forgotten(boss)
    await api.as_(other).drive.ListDriveFiles()


async def forgotten(boss: Boss) -> None:
    """Google has taken the consent of this administrator's account back."""
    async with asyncio.timeout(PATIENCE):
        while boss.owner in boss.drive.refresh_tokens.values():
            await asyncio.sleep(0.05)


async def test_who_is_no_administrator_any_more_gets_nothing_more(boss: Boss, tmp_path: Path) -> None:
    data = mp3(tmp_path, seconds=1) + secrets.token_bytes(900_000)
    file_id = boss.drive.add(boss.owner, data)
    boss.drive.cuts[file_id] = [300_000]
    held = asyncio.Event()

    async def pause(which: str) -> None:
        if which == file_id:
            await held.wait()

    boss.drive.pause = pause
    try:
        begun = (await boss.api.drive.ImportDriveFile(file_id=file_id)).drive_import
        async with asyncio.timeout(PATIENCE):
            while not boss.drive.ranges.get(file_id):
                await asyncio.sleep(0.02)
        async with boss.world.db.transaction() as tx:
            await tx.raw("DELETE FROM user_roles WHERE user_id = $1", boss.person.id)
    finally:
        held.set()
        boss.drive.pause = None
    async with asyncio.timeout(PATIENCE):
        while True:
            async with boss.world.db.transaction() as tx:
                [row] = await tx.raw("SELECT status, error FROM drive_imports WHERE id = $1", begun.import_id)
            if row["status"] == "failed":
                break
            await asyncio.sleep(0.05)
    assert row["error"] == "ROLE_MISSING"
    assert boss.drive.ranges[file_id] == [0], "no byte was asked for after that"


async def test_it_goes_with_its_person(boss: Boss, tmp_path: Path) -> None:
    file_id = boss.drive.add(boss.owner, mp3(tmp_path, seconds=1))
    begun = (await boss.api.drive.ImportDriveFile(file_id=file_id)).drive_import
    assert (await boss.watched(begun.import_id))[-1].status == DONE
    async with boss.world.db.transaction() as tx:
        kinds = [kind async for kind, _ in HOLDER.export(tx, boss.person.id)]
        assert kinds == ["drive_accounts", "drive_imports"]
        await HOLDER.erase(tx, boss.person.id)
        assert [kind async for kind, _ in HOLDER.export(tx, boss.person.id)] == []
    await forgotten(boss)
