"""Import from Google Drive, against a server that speaks its HTTP: consent, lists, bytes through cuts, and refusals."""

import asyncio
import hashlib
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from grpc import StatusCode

from cnt_grpc.admin import HOLDER, DriveApi, enqueue_copy
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.pb.cnt.admin.v1 import drive_pb2 as pb2
from tests.admin.drive_boss import CANCELLED, DONE, FAILED, PATIENCE, Boss, mp3
from tests.harness.api import Api
from tests.harness.world import World


async def test_an_administrator_agrees_and_is_connected(world: World, api: Api) -> None:
    ann, bob = [await world.user(roles={"admin"}) for _ in range(2)]
    mine, theirs = api.as_(ann).drive, api.as_(bob).drive
    await mine.ListDriveFiles().fails(StatusCode.FAILED_PRECONDITION, "DRIVE_NOT_CONNECTED")
    url = (await mine.GetDriveAuthUrl()).url
    async with aiohttp.ClientSession() as browser, browser.get(url, allow_redirects=False) as answer:
        back = urlsplit(answer.headers["Location"])
    assert back.path == "/admin/google-drive/callback"
    told: dict[str, Any] = {name: values[0] for name, values in parse_qs(back.query).items()}
    refused = StatusCode.INVALID_ARGUMENT, "DRIVE_SIGN_IN_INVALID"
    # Whoever is lured into finishing what somebody else began would give their Drive away.
    await theirs.FinishDriveSignIn(**told).fails(*refused)
    await mine.FinishDriveSignIn(code=told["code"], state=told["state"][:-2] + "AA").fails(*refused)
    await mine.FinishDriveSignIn(code=told["code"], state="ä").fails(*refused)
    assert (await mine.FinishDriveSignIn(**told)).email.endswith("@example.com")
    await mine.FinishDriveSignIn(**told).fails(*refused)
    assert (await mine.ListDriveFiles()).files == []
    token = await mine.GetDrivePickerToken()
    assert token.access_token in world.google.drive.access_tokens
    async with world.db.transaction() as tx:
        [kept] = await tx.raw("SELECT * FROM drive_accounts WHERE user_id = $1", ann.id)
        acts = await tx.raw("SELECT action FROM audit_log WHERE actor_id = $1", ann.id)
        exported = [record async for _, record in HOLDER.export(tx, ann.id)]
    assert token.access_token.encode() not in kept["sealed"]
    assert "sealed" not in exported[0], "a token is nobody's to read, not even in an export"
    assert [row["action"] for row in acts] == ["connect"]


async def test_a_consent_takes_ten_minutes_at_most(world: World, api: Api) -> None:
    ann = await world.user(roles={"admin"})
    mine = api.as_(ann).drive
    url = (await mine.GetDriveAuthUrl()).url
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    world.google.drive.codes["late"] = asked
    clock.move(timedelta(minutes=10, seconds=1))
    await mine.FinishDriveSignIn(code="late", state=asked["state"]).fails(
        StatusCode.INVALID_ARGUMENT, "DRIVE_SIGN_IN_INVALID"
    )


async def test_files_are_listed_and_found(boss: Boss) -> None:
    drive, mine = boss.drive, boss.api.drive
    folder = drive.folder(boss.owner)
    inside = drive.add(boss.owner, b"x", name="Ruth's \\ sermon.mp3", parents=[folder])
    drive.add(boss.owner, name="Notes", kind="application/vnd.google-apps.document")
    drive.add("somebody else", b"x")
    shown = (await mine.ListDriveFiles()).files
    assert [(each.name, each.is_folder, each.can_import) for each in shown] == [
        ("Sermons", True, False), ("Ruth's \\ sermon.mp3", False, True), ("Notes", False, False),
    ]  # fmt: skip
    assert [each.file_id for each in (await mine.ListDriveFiles(folder_id=folder)).files] == [inside]
    found = (await mine.ListDriveFiles(search="ruth's \\", folder_id=folder)).files
    assert [(each.file_id, each.size) for each in found] == [(inside, 1)]
    await mine.ListDriveFiles(folder_id="unknown").fails(StatusCode.NOT_FOUND, "DRIVE_FILE_NOT_FOUND")
    for wrong in ("../about", "a'b", "x" * 129):
        await mine.ListDriveFiles(folder_id=wrong).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
        await mine.ImportDriveFile(file_id=wrong).fails(StatusCode.INVALID_ARGUMENT, "INVALID")


@pytest.mark.parametrize("sha256", [True, False])
async def test_a_file_comes_whole_through_cuts(boss: Boss, tmp_path: Path, sha256: bool) -> None:
    data = mp3(tmp_path, seconds=3) + secrets.token_bytes(900_000)
    file_id = boss.drive.add(boss.owner, data, name="On hope.mp3", sha256=sha256)
    boss.drive.cuts[file_id] = [100_000, 0, 300_000]
    begun = (await boss.api.drive.ImportDriveFile(file_id=file_id)).drive_import
    assert (begun.name, begun.size, begun.status) == ("On hope.mp3", len(data), pb2.DRIVE_IMPORT_STATUS_WAITING)
    told = await boss.watched(begun.import_id)
    last = told[-1]
    assert (last.status, last.received, last.error) == (DONE, len(data), "")
    assert [each.received for each in told] == sorted(each.received for each in told)
    row, sha = await boss.stored(last.media_id)
    assert (row["owner_id"], row["size"], row["filename"]) == (boss.person.id, len(data), "On hope.mp3")
    assert row["sha256"] == sha == hashlib.sha256(data).digest()
    # Each go went on from where the one before had broken off, and what had come did not come again.
    starts = boss.drive.ranges[file_id]
    assert starts[0] == 0
    assert starts == sorted(starts)
    assert 0 < starts[-1] <= 400_000
    [mine] = (await boss.api.drive.ListDriveImports()).imports
    assert mine == last
    async with boss.world.db.transaction() as tx:
        acts = await tx.raw("SELECT action, target_id FROM audit_log WHERE actor_id = $1 ORDER BY id", boss.person.id)
    assert [tuple(row) for row in acts] == [("connect", boss.person.id), ("import", begun.import_id)]


async def test_a_worker_that_dies_leaves_what_has_come(boss: Boss, tmp_path: Path) -> None:
    """The job is cut off in the middle, as when its process is stopped, and another run goes on."""
    data = mp3(tmp_path, seconds=3) + secrets.token_bytes(900_000)
    file_id = boss.drive.add(boss.owner, data)
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def pause(which: str) -> None:
        if which == file_id and boss.drive.ranges[file_id] == [0] and not go_on.is_set():
            if reached.is_set():
                await go_on.wait()
            reached.set()

    boss.drive.pause = pause
    try:
        begun = (await boss.api.drive.ImportDriveFile(file_id=file_id)).drive_import
        watching = asyncio.create_task(boss.watched(begun.import_id))
        async with asyncio.timeout(PATIENCE):
            await reached.wait()
            while True:
                shown = (await boss.api.drive.ListDriveImports()).imports[0]
                if shown.received:
                    break
                await asyncio.sleep(0.05)
        async with boss.world.db.transaction() as tx:
            # Another run takes the job over: what this one does from now on does not count.
            await tx.raw(
                "UPDATE jobs SET run_id = gen_random_uuid() WHERE id ="
                " (SELECT job_id FROM drive_imports WHERE id = $1)",
                begun.import_id,
            )
        go_on.set()
        # The first run ends without a result; the import is not lost, and not done.
        await asyncio.sleep(1)
        assert (await boss.api.drive.ListDriveImports()).imports[0].status != DONE
        async with boss.world.db.transaction() as tx:
            job_id = await enqueue_copy(tx, begun.import_id, boss.person.id)
            await tx.raw("UPDATE drive_imports SET job_id = $2 WHERE id = $1", begun.import_id, job_id)
        told = await watching
    finally:
        go_on.set()
        boss.drive.pause = None
    assert told[-1].status == DONE
    assert (await boss.stored(told[-1].media_id))[1] == hashlib.sha256(data).digest()
    assert boss.drive.ranges[file_id][-1] > 0, "the second run did not begin anew"


async def test_a_token_that_ends_is_renewed_and_one_that_was_taken_back_is_told(boss: Boss, tmp_path: Path) -> None:
    file_id = boss.drive.add(boss.owner, mp3(tmp_path, seconds=1))
    boss.drive.access_tokens.clear()
    begun = (await boss.api.drive.ImportDriveFile(file_id=file_id)).drive_import
    assert (await boss.watched(begun.import_id))[-1].status == DONE
    # By the clock, too.
    before = set(boss.drive.access_tokens)
    assert (await boss.api.drive.GetDrivePickerToken()).access_token in before
    clock.move(timedelta(minutes=59))
    assert (await boss.world.system.drive_accounts().tokens(boss.person.id)).access not in before
    clock.reset()
    boss.drive.access_tokens.clear()
    mine = {token for token, owner in boss.drive.refresh_tokens.items() if owner == boss.owner}
    for token in mine:
        del boss.drive.refresh_tokens[token]
    await boss.api.drive.ImportDriveFile(file_id=file_id).fails(StatusCode.FAILED_PRECONDITION, "DRIVE_NOT_CONNECTED")


async def test_what_cannot_be_imported_is_refused_at_once(boss: Boss) -> None:
    drive, mine = boss.drive, boss.api.drive
    notes = drive.add(boss.owner, name="Notes", kind="application/vnd.google-apps.document")
    locked = drive.add(boss.owner, b"x", capabilities={"canDownload": False})
    empty = drive.add(boss.owner)
    foreign = drive.add("somebody else", b"x")
    for file_id, code, reason in (
        (notes, StatusCode.INVALID_ARGUMENT, "MEDIA_TYPE_REFUSED"),
        (drive.folder(boss.owner), StatusCode.INVALID_ARGUMENT, "MEDIA_TYPE_REFUSED"),
        (empty, StatusCode.INVALID_ARGUMENT, "UPLOAD_EMPTY"),
        (locked, StatusCode.FAILED_PRECONDITION, "DRIVE_FILE_REFUSED"),
        (foreign, StatusCode.NOT_FOUND, "DRIVE_FILE_NOT_FOUND"),
    ):
        await mine.ImportDriveFile(file_id=file_id).fails(code, reason)
    assert (await mine.ListDriveImports()).imports == []
    boss.drive.refusals[locked] = [(403, "userRateLimitExceeded")]
    await mine.ImportDriveFile(file_id=locked).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")


async def test_bytes_that_are_something_else_fail_with_their_reason(boss: Boss) -> None:
    """A playlist that calls itself a sermon: refused by its first bytes, and nothing of it is kept."""
    file_id = boss.drive.add(boss.owner, b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n" * 1000)
    begun = (await boss.api.drive.ImportDriveFile(file_id=file_id)).drive_import
    last = (await boss.watched(begun.import_id))[-1]
    assert (last.status, last.error, last.media_id) == (FAILED, "MEDIA_TYPE_REFUSED", 0)
    async with boss.world.db.transaction() as tx:
        [sessions] = await tx.raw("SELECT count(*) AS n FROM upload_sessions WHERE owner_id = $1", boss.person.id)
        usage = await tx.raw("SELECT bytes FROM media_usage WHERE owner_id = $1", boss.person.id)
    assert sessions["n"] == 0
    assert all(row["bytes"] == 0 for row in usage)


async def test_a_file_that_changes_on_the_way_begins_anew(boss: Boss, tmp_path: Path) -> None:
    old, new = (mp3(tmp_path, seconds=2) + secrets.token_bytes(400_000) for _ in range(2))
    file_id = boss.drive.add(boss.owner, old)
    other = boss.drive.add(boss.owner, new)
    # After a cut Drive asks for patience more often than a run has, so that the next one looks at the file again.
    boss.drive.cuts[file_id] = [200_000, *([0] * 6)]
    begun = (await boss.api.drive.ImportDriveFile(file_id=file_id)).drive_import
    async with asyncio.timeout(PATIENCE):
        while len(boss.drive.ranges.get(file_id, [])) < 2:
            await asyncio.sleep(0.02)
    boss.drive.files[file_id] |= {
        name: boss.drive.files[other][name] for name in ("content", "size", "md5Checksum", "sha256Checksum")
    }
    last = (await boss.watched(begun.import_id))[-1]
    assert last.status == DONE
    assert (await boss.stored(last.media_id))[1] == hashlib.sha256(new).digest()


async def test_twins_and_repetitions_begin_one_import(boss: Boss, tmp_path: Path) -> None:
    file_id = boss.drive.add(boss.owner, mp3(tmp_path, seconds=1))
    held = asyncio.Event()

    async def pause(which: str) -> None:
        if which == file_id:
            await held.wait()

    boss.drive.pause = pause
    try:
        twins = await asyncio.gather(*(boss.api.drive.ImportDriveFile(file_id=file_id)._one() for _ in range(10)))
        [import_id] = {each.drive_import.import_id for each in twins}
    finally:
        held.set()
        boss.drive.pause = None
    assert (await boss.watched(import_id))[-1].status == DONE
    again = (await boss.api.drive.ImportDriveFile(file_id=file_id)).drive_import
    assert again.import_id != import_id, "what has ended may be imported anew"
    assert (await boss.watched(again.import_id))[-1].status == DONE


async def test_an_import_is_called_off(boss: Boss, tmp_path: Path) -> None:
    # Of the right type, or its first bytes would end it before anyone calls it off.
    file_id = boss.drive.add(boss.owner, mp3(tmp_path, seconds=1) + secrets.token_bytes(3_000_000))
    held = asyncio.Event()
    served = 0

    async def pause(which: str) -> None:
        nonlocal served
        if which == file_id:
            served += 1
            if served > 4:
                await held.wait()

    boss.drive.pause = pause
    try:
        begun = (await boss.api.drive.ImportDriveFile(file_id=file_id)).drive_import
        async with asyncio.timeout(PATIENCE):
            while served <= 4:
                await asyncio.sleep(0.02)
        ended = (await boss.api.drive.CancelDriveImport(import_id=begun.import_id)).drive_import
        assert ended.status == CANCELLED
        assert (await boss.watched(begun.import_id))[-1].status == CANCELLED
    finally:
        held.set()
        boss.drive.pause = None
    async with boss.world.db.transaction() as tx:
        [row] = await tx.raw("SELECT job_id FROM drive_imports WHERE id = $1", begun.import_id)
    bus = boss.world.db.bus
    assert bus is not None
    assert (await jobs.wait(boss.world.db, bus, row["job_id"], PATIENCE)).is_final
    async with asyncio.timeout(PATIENCE):
        while True:
            async with boss.world.db.transaction() as tx:
                left = await tx.raw("SELECT 1 FROM upload_sessions WHERE owner_id = $1", boss.person.id)
            if not left:
                break
            await asyncio.sleep(0.1)
    assert (await boss.api.drive.CancelDriveImport(import_id=begun.import_id)).drive_import.status == CANCELLED


@pytest.mark.parametrize(("own_id", "secret", "setting"), [
    ("", "x", "GOOGLE_CLIENT_ID"), ("x", "", "GOOGLE_CLIENT_SECRET"),
])  # fmt: skip
def test_without_a_client_it_says_which_setting(own_id: str, secret: str, setting: str) -> None:
    drive = DriveApi(own_id, secret, "", "", "")
    with pytest.raises(Precondition) as refused:
        drive.consent_page(redirect_uri="", state="", challenge="")
    assert (refused.value.reason, refused.value.metadata) == ("DRIVE_NOT_CONFIGURED", {"setting": setting})
