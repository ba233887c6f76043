"""The operators' tools: rows against objects, a folder into the store, thumbnails that are missing."""

import contextlib
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from cnt_grpc.commands import media as commands
from cnt_grpc.commands.progress import counted
from cnt_grpc.kit import clock
from cnt_grpc.media import Inspection
from cnt_grpc.media.filling import Filling
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.refusal import Refusal
from tests.harness.api import Api
from tests.harness.world import World
from tests.media import makers
from tests.media.examples import film_of
from tests.media.test_uploads import Ann


@pytest.fixture
async def ann(world: World, api: Api) -> Ann:
    return Ann(world, api, await world.user())


@pytest.fixture
def inspection(world: World) -> Inspection:
    return Inspection(world.db, world.system.storage, world.system.limits)


async def test_rows_and_objects_that_differ(ann: Ann, inspection: Inspection) -> None:
    film = await film_of(ann.world, ann.person)
    async with ann.world.db.transaction() as tx:
        lost = (await makers.audio(tx, ann.person.id))["key"]
    stray = "audio/0000000000000000000000000000stray.mp3"
    async with ann.world.system.storage.create(stray, "audio/mpeg") as writer:
        await writer.write(b"x")
        await writer.commit()
    found = {each.key: each.what async for each in inspection.differences()}
    assert found[lost] == "no object"
    assert stray not in found, "it may belong to an upload under way"
    resized = (await ann.media.GetMedia(media_id=film)).media.file_path
    assert found[resized] == "another size"
    clock.move(timedelta(hours=25))
    found = {each.key: each.what async for each in inspection.differences()}
    assert found[stray] == "no row"
    await ann.world.system.storage.delete(stray)
    assert await inspection.number_of_rows() >= 2


async def test_a_folder_is_stored_once(ann: Ann, tmp_path: Path) -> None:
    filling = Filling(ann.world.db, ann.world.system.storage, ann.world.system.limits)
    (tmp_path / "deep").mkdir()
    makers.tone(tmp_path / "a.mp3", 1)
    makers.picture(tmp_path / "deep" / "b.PNG".lower())
    shutil.copy(tmp_path / "a.mp3", tmp_path / "liar.mp4")
    (tmp_path / "notes.txt").write_text("no media")
    files = filling.uploadable(tmp_path)
    assert [path.name for path, _ in files] == ["a.mp3", "b.png", "liar.mp4"]
    owner = ann.person.id
    dry = [await filling.upload(owner, path, purpose, dry=True) for path, purpose in files]
    assert dry == ["would be stored"] * 3
    assert await ann.charged() == 0
    first = [await filling.upload(owner, path, purpose, dry=False) for path, purpose in files]
    assert [each.partition(" ")[0] for each in first] == ["stored", "stored", "is"]
    key = first[0].removeprefix("stored as ")
    assert await ann.content(key) == (tmp_path / "a.mp3").read_bytes()
    again = [await filling.upload(owner, path, purpose, dry=False) for path, purpose in files]
    assert again == ["is there"] * 3
    other = await ann.other()
    refused = await filling.upload(other.person.id, *files[2], dry=False)
    assert refused.startswith("refused: the file is audio")


async def test_missing_thumbnails_are_made(ann: Ann, inspection: Inspection) -> None:
    film = await film_of(ann.world, ann.person)
    assert film in await inspection.without_thumbnail()
    assert await inspection.make_thumbnail(film) == "made"
    assert await inspection.make_thumbnail(film) == "is there"
    assert film not in await inspection.without_thumbnail()
    found = (await ann.media.GetMedia(media_id=film)).media
    assert found.state == media_pb2.MEDIA_STATE_READY
    assert [each.name for each in found.variants] == ["thumbnail"]
    assert found.thumbnail_url
    assert await ann.count(found.variants[0].file_path) == 1
    async with ann.world.db.transaction() as tx:
        lost = (await makers.video(tx, ann.person.id))["id"]
    assert await inspection.make_thumbnail(lost) == "none: its bytes are lost"


def test_a_bar_where_somebody_looks(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    terminal, ours = os.openpty()
    shown = b""
    with os.fdopen(ours, "w") as screen:
        monkeypatch.setattr(sys, "stderr", screen)
        for number in counted(range(3)):
            sys.stdout.write(f"file {number}\n")
            os.set_blocking(terminal, False)
            with contextlib.suppress(BlockingIOError):
                shown += os.read(terminal, 65536)
        screen.flush()
        with contextlib.suppress(BlockingIOError):
            shown += os.read(terminal, 65536)
    os.close(terminal)
    assert b"0/3" in shown
    assert b"3/3" in shown
    assert capfd.readouterr().out == "file 0\nfile 1\nfile 2\n", "what is written to a file has no bar in it"


def test_no_bar_where_nobody_looks(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    assert list(counted("abc")) == ["a", "b", "c"]
    assert capfd.readouterr() == ("", "")


async def test_the_commands(ann: Ann, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    makers.tone(tmp_path / "a.mp3", 1)
    settings, owner = ann.world.system.settings, ann.person.id
    assert await commands.upload_folder(settings, tmp_path, owner, dry=True)
    assert capsys.readouterr().out == "a.mp3: would be stored\n"
    assert await commands.upload_folder(settings, tmp_path, owner, dry=False)
    assert capsys.readouterr().out.startswith("a.mp3: stored as audio/")
    film = await film_of(ann.world, ann.person)
    await commands.thumbnails(settings, dry=True)
    assert f"{film}: would be made\n" in capsys.readouterr().out
    # The film's row says another size than its bytes have.
    assert not await commands.check(settings)
    assert "another size: video/" in capsys.readouterr().out
    with pytest.raises(Refusal):
        commands.folder_of(str(tmp_path / "a.mp3"))
