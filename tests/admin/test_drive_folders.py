"""Importing many files of a Drive at once: each with its own result, and folders a hundred files at a time."""

from pathlib import Path

import pytest
from grpc import StatusCode

from cnt_grpc import media
from cnt_grpc.admin.rules import drive_imports
from tests.admin.drive_boss import DONE, FAILED, Boss, mp3
from tests.harness.drive import Content


async def test_many_files_each_with_its_result_and_a_folder_in_goes(
    boss: Boss, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive_imports, "MOST", 5)
    drive, mine = boss.drive, boss.api.drive
    sound = mp3(tmp_path, seconds=1)
    good, notes = drive.add(boss.owner, sound), drive.add(boss.owner, name="N", kind="application/x-nothing")
    foreign = drive.add("somebody else", sound)
    begun = (await mine.ImportDriveFiles(file_ids=[notes, good, foreign])).imports
    assert [(each.file_id, each.error) for each in begun] == [
        (notes, "MEDIA_TYPE_REFUSED"), (good, ""), (foreign, "DRIVE_FILE_NOT_FOUND"),
    ]  # fmt: skip
    told = await boss.watched(*(each.import_id for each in begun))
    assert {each.file_id: each.status for each in told} == {notes: FAILED, good: DONE, foreign: FAILED}
    await mine.ImportDriveFiles().fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await mine.ImportDriveFiles(file_ids=[good], folder_id="x").fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await mine.ImportDriveFiles(folder_id="unknown").fails(StatusCode.NOT_FOUND, "DRIVE_FILE_NOT_FOUND")

    folder = drive.folder(boss.owner)
    drive.add(boss.owner, name="Deeper", kind="application/vnd.google-apps.folder", parents=[folder])
    inside = [drive.add(boss.owner, sound, name=f"{number}.mp3", parents=[folder]) for number in range(8)]
    goes = [await mine.ImportDriveFiles(folder_id=folder) for _ in range(3)]
    assert [(len(each.imports), each.more) for each in goes] == [(5, True), (3, False), (0, False)]
    begun = [each for go in goes for each in go.imports]
    assert [each.file_id for each in begun] == inside, "what was imported or is under way is left out"
    told = await boss.watched(*(each.import_id for each in begun))
    assert {each.import_id for each in told if each.status == DONE} == {each.import_id for each in begun}
    assert (await mine.ImportDriveFiles(folder_id=folder)).imports == []


async def test_what_is_not_taken_hides_nothing_of_a_folder(boss: Boss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive_imports, "MOST", 5)
    drive, mine = boss.drive, boss.api.drive
    folder = drive.folder(boss.owner)
    kind = "application/vnd.google-apps.document"
    notes = [drive.add(boss.owner, name=f"{number}", kind=kind, parents=[folder]) for number in range(6)]
    sounds = [drive.add(boss.owner, b"x", name=f"{number}.mp3", parents=[folder]) for number in range(3)]
    goes = [await mine.ImportDriveFiles(folder_id=folder) for _ in range(3)]
    assert [[each.file_id for each in go.imports] for go in goes] == [notes[:5], [notes[5], *sounds], []]
    assert [go.more for go in goes] == [True, False, False]
    # One that has become something else is tried again.
    changed = {"mimeType": "audio/mpeg", "size": "1", "md5Checksum": "another", "content": Content.of(b"x")}
    drive.files[notes[0]] |= changed
    goes.append(await mine.ImportDriveFiles(folder_id=folder))
    assert [each.file_id for each in goes[-1].imports] == [notes[0]]
    # No sound at all, as its bytes tell; none of their jobs outlives this test.
    told = await boss.watched(*(each.import_id for go in goes for each in go.imports))
    assert {each.status for each in told[-1:]} == {FAILED}


async def test_each_of_many_has_its_result(boss: Boss, tmp_path: Path) -> None:
    drive, mine = boss.drive, boss.api.drive
    too_large = Content(boss.world.system.limits.bytes_of[media.Kind.AUDIO] + 1, lambda start, end: bytes(end - start))
    large = drive.add(boss.owner, name="large.mp3")
    drive.files[large] |= {"content": too_large, "size": str(too_large.size), "md5Checksum": "of many bytes"}
    shown = {each.file_id: each.can_import for each in (await mine.ListDriveFiles()).files}
    assert shown == {large: False}
    await mine.ImportDriveFile(file_id=large).fails(StatusCode.RESOURCE_EXHAUSTED, "FILE_TOO_LARGE")
    locked, good = drive.add(boss.owner, b"x"), drive.add(boss.owner, mp3(tmp_path, seconds=1))
    drive.refusals[locked] = [(403, "insufficientFilePermissions")]
    begun = (await mine.ImportDriveFiles(file_ids=[locked, large, good])).imports
    assert [each.error for each in begun] == ["DRIVE_FILE_REFUSED", "FILE_TOO_LARGE", ""]
    assert (await boss.watched(begun[2].import_id))[-1].status == DONE
    # What is wrong with all of them ends the call.
    drive.refusals[locked] = [(429, "")]
    await mine.ImportDriveFiles(file_ids=[good, locked]).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
