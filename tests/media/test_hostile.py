"""Hostile files: whatever is sent, it is refused or fails cleanly, nothing else is opened, and the worker lives on.

The first test sends each through the wire. The second gives them to the examiners, past the look at their first bytes,
and watches every file and socket that these processes open.
"""

import asyncio
import os
import re
import shutil
import sys
import sysconfig
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from grpc import StatusCode

from cnt_grpc.media import examine
from cnt_grpc.media.examine import BrokenExaminerError, UnreadableError
from cnt_grpc.media.sniff import TYPES, FileType, Kind
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from tests import machine
from tests.harness.api import Api, ApiError
from tests.harness.world import World
from tests.media.hostile import Hostile, corpus
from tests.media.test_purposes import file_of
from tests.media.test_uploads import Ann

REASONS = {"MEDIA_TYPE_REFUSED", "MEDIA_UNREADABLE"}
SENT = {
    Kind.AUDIO: pb2.MEDIA_PURPOSE_AUDIO,
    Kind.VIDEO: pb2.MEDIA_PURPOSE_VIDEO,
    Kind.IMAGE: pb2.MEDIA_PURPOSE_IMAGE,
    Kind.DOCUMENT: pb2.MEDIA_PURPOSE_DOCUMENT,
}


@pytest.fixture
async def ann(world: World, api: Api) -> Ann:
    return Ann(world, api, await world.user(roles={"admin"}))


@asynccontextmanager
async def lures(tmp_path: Path) -> AsyncIterator[tuple[Path, str, list[int]]]:
    """A pipe on which a reader hangs, an address, and who has asked for it."""
    visits: list[int] = []
    pipe = tmp_path / "canary.mp3"
    os.mkfifo(pipe)
    async with await asyncio.start_server(lambda *_: visits.append(1), "127.0.0.1", 0) as server:
        yield pipe, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/canary.mp3", visits


async def outcome(ann: Ann, sent: Hostile) -> str:
    """`ready`, or the reason of the refusal."""
    start = pb2.UploadStart(purpose=SENT[sent.kind], filename=sent.name)
    try:
        media = (await ann.media.Upload([pb2.UploadRequest(start=start), pb2.UploadRequest(piece=sent.data)])).media
        while media.state == media_pb2.MEDIA_STATE_PROBING:
            await asyncio.sleep(0.2)
            media = (await ann.media.GetMedia(media_id=media.media_id)).media
    except ApiError as refusal:
        return refusal.reason if refusal.code is StatusCode.INVALID_ARGUMENT else f"{sent.name}: {refusal}"
    if media.state == media_pb2.MEDIA_STATE_FAILED:
        return "MEDIA_UNREADABLE"
    if sent.kind is Kind.IMAGE:
        stored = await ann.content(media.file_path)
        assert b"<script" not in stored, sent.name
        assert b"PK\3\4" not in stored, sent.name
    return "ready"


async def test_whatever_is_sent_the_worker_lives_on(ann: Ann, tmp_path: Path) -> None:
    outcomes: Counter[str] = Counter()
    async with lures(tmp_path) as (pipe, url, visits):
        turns = asyncio.Semaphore(8)

        async def send(sent: Hostile) -> None:
            async with turns, asyncio.timeout(60):
                found = await outcome(ann, sent)
            assert found in REASONS or (sent.may_pass and found == "ready"), f"{sent.name}: {found}"
            outcomes[found] += 1

        async with asyncio.TaskGroup() as group:
            for each in corpus(tmp_path / "corpus", pipe, url):
                group.create_task(send(each))
    assert not visits
    assert outcomes["MEDIA_TYPE_REFUSED"] > 30
    assert outcomes["MEDIA_UNREADABLE"] > 30
    good = Hostile("good.mp3", Kind.AUDIO, file_of("mp3", tmp_path))
    assert await outcome(ann, good) == "ready", "the worker goes on"


_CALLS = "open,openat,openat2,creat,socket,connect,bind,execve,execveat,unlink,unlinkat,rename,renameat,renameat2,mkdir"
_LINE = re.compile(r"^\d+ +(\w+)\((.*)$")
_PATH = re.compile(r'"([^"]*)"')


class Watch:
    """Runs the examiners under strace, and knows what they have opened since they read the request."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.log = folder / "trace"

    def command(self) -> tuple[str, ...]:
        """What to run in place of Python; strace is its grandchild, so that limits and signals reach Python itself."""
        trace = ("-D", "-f", "-o", str(self.log), "-e", f"trace={_CALLS},read")
        return (machine.program("strace"), *trace, sys.executable, "-I", "-B")

    async def foreign(self, own: Path) -> list[str]:
        """What was opened, made or connected to outside `own` and the libraries."""
        # strace writes the end of the process, not only of its threads, after everything else.
        text = ""
        async with asyncio.timeout(20):
            while not re.search(rf"^{text.partition(' ')[0]} +\+\+\+ ", text, re.MULTILINE):
                await asyncio.sleep(0.02)
                text = self.log.read_text(errors="replace") if self.log.exists() else ""
        _, found, after = text.partition("read(0,")
        assert found, "the examiner has read its request"
        return [line for line in after.splitlines()[1:] if (call := _LINE.match(line)) and self._is_foreign(call, own)]

    def _is_foreign(self, call: re.Match[str], own: Path) -> bool:
        name, arguments = call.groups()
        if name == "read" or "resumed>" in name:
            return False
        if name in {"socket", "connect", "bind", "execve", "execveat"}:
            return True
        path = _PATH.search(arguments)
        if path is None:
            return True
        found = path.group(1)
        if not found.startswith("/"):
            return ".." in found
        return not found.startswith((str(own), *_LIBRARIES))


_LIBRARIES = (
    sys.prefix,
    sys.base_prefix,
    sysconfig.get_paths()["stdlib"],
    "/usr/lib",
    "/lib",
    "/dev/null",
    "/proc/self",
)


def types_of(sent: Hostile) -> Iterator[FileType]:
    """As what it could be taken: what its name says, or else the first of its kind."""
    found = [each for each in TYPES if each.kind is sent.kind]
    named = [each for each in found if sent.name.endswith(f".{each.extension}")]
    yield from (named or found)[:1]


async def look(sent: Hostile, file_type: FileType, path: Path, made: Path) -> None:
    if sent.kind is Kind.IMAGE:
        await examine.picture(path, file_type, made, pixels=50_000_000)
    elif sent.kind is Kind.DOCUMENT:
        await examine.document(path, made)
    else:
        await examine.film(path, file_type, sent.kind, made, thumbnail=True)


async def test_examiners_open_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(tmp_path)
    monkeypatch.setattr(examine, "_PYTHON", watch.command())
    watched = 0
    async with lures(tmp_path) as (pipe, url, visits):
        for sent in corpus(tmp_path / "corpus", pipe, url):
            if sent.name.startswith(("cut-", "mutated-1", "mutated-2")):
                continue  # these refer to nothing
            for file_type in types_of(sent):
                watch.log.unlink(missing_ok=True)
                own = tmp_path / "own"
                shutil.rmtree(own, ignore_errors=True)
                (own / "made").mkdir(parents=True)
                path = own / f"file.{file_type.extension}"
                path.write_bytes(sent.data)
                async with asyncio.timeout(60):
                    with suppress(UnreadableError, BrokenExaminerError):
                        await look(sent, file_type, path, own / "made")
                assert await watch.foreign(own) == [], sent.name
                watched += 1
    assert not visits
    assert watched > 60


async def test_the_watch_sees_what_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(tmp_path)
    monkeypatch.setattr(examine, "_PYTHON", watch.command())
    body = "import json, sys, socket; sys.stdin.read(); open('/etc/hostname'); socket.socket(); print('{}')"
    (tmp_path / "film.py").write_text(body)
    monkeypatch.setattr(examine, "_SCRIPTS", tmp_path)
    with pytest.raises(BrokenExaminerError):
        await examine.film(tmp_path / "any", TYPES[0], Kind.AUDIO, tmp_path, thumbnail=False)
    found = "\n".join(await watch.foreign(tmp_path))
    assert "/etc/hostname" in found
    assert "socket(" in found
