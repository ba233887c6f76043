"""The walls around programs that read what strangers sent: an attempt at each, which must fail."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cnt_grpc.media import examine, ffmpeg, jail, reading, sandbox
from cnt_grpc.media.sandbox import Bounds, Command, Walls
from tests.media import makers

ROOT = Path(__file__).parents[2]
ALL = Walls(namespaces=True, filter=True)
WITHOUT_NAMESPACES = Walls(namespaces=False, filter=True)
NONE = Walls(namespaces=False, filter=False)
"""Limits alone: they hold everywhere."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "job"
    made.mkdir()
    return made


@pytest.fixture
def port() -> Iterator[int]:
    """Where somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


async def run(
    folder: Path, walls: Walls, *arguments: str, program: str = "", bounds: Bounds | None = None
) -> tuple[int, str]:
    """How a program ended behind these walls, and what it said."""
    command = Command(program or ffmpeg.program(), arguments, folder, bounds=bounds or Bounds(seconds=20))
    process = await sandbox.start(command, walls)
    try:
        out, said = await asyncio.wait_for(process.communicate(), 30)
    finally:
        await sandbox.end(process)
    assert process.returncode is not None
    return process.returncode, (out + said).decode(errors="replace")


async def python(folder: Path, walls: Walls, code: str, bounds: Bounds | None = None) -> tuple[int, str]:
    """The same of a Python program, which can try what FFmpeg cannot; without namespaces it finds its files."""
    return await run(folder, walls, "-I", "-S", "-c", code, program=sys.executable, bounds=bounds)


def test_this_machine_has_every_wall() -> None:
    """If it does not, the tests below say less than they should."""
    if sandbox.available().missing:
        pytest.skip(sandbox.available().missing)
    assert sandbox.available() == ALL


async def test_where_namespaces_are_forbidden_the_rest_stands_and_the_start_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in many a container."""
    plain = sandbox._try
    monkeypatch.setattr(
        sandbox, "_try", lambda walls: "unshare: Operation not permitted" if walls.namespaces else plain(walls)
    )
    sandbox.available.cache_clear()
    try:
        walls = sandbox.available()
        assert (walls.namespaces, walls.filter) == (False, True)
        with capture_logs() as logs:
            sandbox.report()
        [said] = [each for each in logs if each["log_level"] == "warning"]
        assert said["missing"] == "no namespaces: unshare: Operation not permitted"
        makers.film(folder / "in.mp4", 1)
        await ffmpeg.run(["-v", "error", "-i", "in.mp4", "-vf", "hflip", "out.mp4"], folder, inputs=["in.mp4"])
        assert (folder / "out.mp4").stat().st_size > 1000
    finally:
        monkeypatch.undo()
        sandbox.available.cache_clear()


def test_a_kernel_that_forbids_them_is_found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not by its version or its settings, but by trying, as a worker does when it starts."""
    broken, call = tmp_path / "jail.py", '    _call("unshare"'
    text = Path(sandbox._JAIL).read_text()
    broken.write_text(text.replace(call, f'    raise OSError(1, "Operation not permitted")\n{call}'))
    monkeypatch.setattr(sandbox, "_JAIL", str(broken))
    sandbox.available.cache_clear()
    try:
        walls = sandbox.available()
    finally:
        monkeypatch.undo()
        sandbox.available.cache_clear()
    assert (walls.namespaces, walls.filter) == (False, True)
    assert "not permitted" in walls.missing


needs_namespaces = pytest.mark.skipif(not sandbox.available().namespaces, reason=sandbox.available().missing)


@needs_namespaces
async def test_ffmpeg_works_behind_all_walls(folder: Path) -> None:
    makers.film(folder / "in.mp4", 1)
    status, said = await run(folder, ALL, "-v", "error", "-i", "in.mp4", "-vf", "hflip", "out.mp4")
    assert (status, said) == (0, "")
    assert (folder / "out.mp4").stat().st_size > 1000


@pytest.mark.parametrize("walls", [ALL, WITHOUT_NAMESPACES])
async def test_no_network(folder: Path, port: int, walls: Walls) -> None:
    if walls.namespaces and not sandbox.available().namespaces:
        pytest.skip(sandbox.available().missing)
    status, said = await run(folder, walls, "-v", "error", "-i", f"http://127.0.0.1:{port}/", "-f", "null", "-")
    assert status != 0
    assert "Operation not permitted" in said or "Network is unreachable" in said


async def test_no_network_even_for_a_program_that_was_taken_over(folder: Path, port: int) -> None:
    code = f"import socket; socket.create_connection(('127.0.0.1', {port}))"
    status, said = await python(folder, WITHOUT_NAMESPACES, code)
    assert status != 0
    assert "PermissionError" in said
    assert (await python(folder, NONE, code))[0] == 0, "without the wall it would have worked"


@needs_namespaces
async def test_no_file_but_those_of_the_job(folder: Path, tmp_path: Path) -> None:
    secret = makers.film(tmp_path / "secret.mp4", 0.2)
    for path in (secret, Path("/etc/passwd"), Path("../secret.mp4"), Path("/proc/self/environ")):
        status, said = await run(folder, ALL, "-v", "error", "-i", str(path), "-f", "null", "-")
        assert status != 0
        assert "No such file" in said
    status, _ = await run(folder, WITHOUT_NAMESPACES, "-v", "error", "-i", str(secret), "-f", "null", "-")
    assert status == 0, "without the wall it would have worked"


@needs_namespaces
async def test_an_input_may_be_a_link_to_the_store_and_nothing_beside_it_is_seen(folder: Path, tmp_path: Path) -> None:
    """As where the store is on another disk."""
    store = tmp_path / "store"
    store.mkdir()
    makers.tone(store / "one.wav", 1)
    makers.tone(store / "two.wav", 1)
    for name in ("one.wav", "two.wav"):
        (folder / name).symlink_to(store / name)
    said = await ffmpeg.run(["-v", "error", "-i", "one.wav", "out.wav"], folder, inputs=["one.wav"])
    assert said == ""
    with pytest.raises(ffmpeg.FfmpegError, match="No such file"):
        await ffmpeg.run(["-v", "error", "-i", "two.wav", "other.wav"], folder, inputs=["one.wav"])
    link = "open('one.wav', 'r+b').write(b'x')"
    command = Command(sys.executable, ["-I", "-S", "-c", link], folder, ["one.wav"])
    process = await sandbox.start(command, ALL)
    await process.communicate()
    assert process.returncode != 0


@needs_namespaces
async def test_inputs_cannot_be_written_to(folder: Path) -> None:
    before = makers.film(folder / "in.mp4", 0.5).read_bytes()
    command = Command(
        ffmpeg.program(), ["-v", "error", "-f", "lavfi", "-i", "sine=d=1", "-y", "in.mp4"], folder, ["in.mp4"]
    )
    process = await sandbox.start(command, ALL)
    _, said = await process.communicate()
    assert process.returncode != 0
    assert b"Read-only file system" in said
    assert (folder / "in.mp4").read_bytes() == before


async def test_no_second_process(folder: Path) -> None:
    for code in ("import os; os.fork()", "import os; os.system('true') == 0 or exit(3)"):
        assert (await python(folder, WITHOUT_NAMESPACES, code))[0] != 0
    threads = "import threading; t = threading.Thread(target=print, args=('sings',)); t.start(); t.join()"
    assert await python(folder, WITHOUT_NAMESPACES, threads) == (0, "sings\n")


async def test_no_more_memory_than_allowed(folder: Path) -> None:
    bounds = Bounds(seconds=20, memory=512 * 1024**2)
    status, said = await python(folder, NONE, "b'x' * 1024**3", bounds)
    assert status != 0
    assert "MemoryError" in said
    assert (await python(folder, NONE, "b'x' * 64 * 1024**2", bounds))[0] == 0


async def test_no_larger_file_than_allowed(folder: Path) -> None:
    arguments = ("-v", "error", "-f", "lavfi", "-i", "sine=d=60", "-c:a", "pcm_s16le", "out.wav")
    status, said = await run(folder, NONE, *arguments, bounds=Bounds(seconds=20, largest=1_000_000))
    assert status == -25 or "File too large" in said
    assert (folder / "out.wav").stat().st_size <= 1_000_000


async def test_no_more_processor_time_than_allowed(folder: Path) -> None:
    cpu = os.cpu_count() or 1
    status, _ = await python(folder, NONE, "while True: pass", Bounds(seconds=1))
    assert status in {-24, -9}, f"it was not ended within {cpu + 1} s of processor time"


async def test_no_longer_than_allowed(folder: Path) -> None:
    arguments = ["-v", "error", "-re", "-f", "lavfi", "-i", "sine=d=600", "-f", "null", "-"]
    with pytest.raises(ffmpeg.TookTooLongError):
        await ffmpeg.run(arguments, folder, bounds=Bounds(seconds=1))


@pytest.fixture
async def asleep(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program that waits for a minute."""
    command = Command(sys.executable, ["-I", "-S", "-c", "import time; print(1, flush=True); time.sleep(60)"], folder)
    process = await sandbox.start(command, NONE)
    assert process.stdout is not None
    await process.stdout.readline()
    yield process
    await sandbox.end(process)


async def test_what_runs_in_the_background_yields(asleep: asyncio.subprocess.Process) -> None:
    assert os.getpriority(os.PRIO_PROCESS, asleep.pid) == niceness()
    assert group_of(asleep.pid) in {f"nice {niceness()}", ""}


def niceness() -> int:
    """Of what runs in the background."""
    return min(19, os.getpriority(os.PRIO_PROCESS, 0) + sandbox.NICENESS)


def group_of(pid: int) -> str:
    """How nice the group is that a process's session is to the scheduler; nothing where the kernel makes none."""
    group = Path(f"/proc/{pid}/autogroup")
    return group.read_text().strip().partition(" ")[2] if group.exists() else ""


async def test_what_reads_results_yields_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may decode for an hour."""
    (tmp_path / "whole.py").write_text(
        "import json, os, sys; from pathlib import Path; sys.stdin.read()\n"
        "group = Path('/proc/self/autogroup')\n"
        "said = group.read_text().strip() if group.exists() else ''\n"
        "print(json.dumps({'group': said, 'nice': os.nice(0), 'streams': []}))"
    )
    monkeypatch.setattr(examine, "_SCRIPTS", tmp_path)
    found = await examine.ask("whole.py", {}, tmp_path, seconds=30, niceness=sandbox.NICENESS)
    assert found["nice"] == niceness()
    assert found["group"] == "" or found["group"].endswith(f"nice {niceness()}")


async def test_a_worker_yields_as_a_group_where_it_leads_one(tmp_path: Path) -> None:
    code = (
        "import os; from pathlib import Path; from cnt_grpc.media import sandbox; sandbox.yield_to_others(5)\n"
        "group = Path('/proc/self/autogroup'); print(os.nice(0), group.read_text() if group.exists() else 'nice 5')"
    )
    for leads in (True, False):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, cwd=ROOT, start_new_session=leads
        )
        said = (await process.communicate())[0].decode().strip()
        assert said.startswith(str(min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5)))
        # Where it leads none, other programs are in its group, and asked for nothing.
        assert said.endswith("nice 5" if leads else group_of(os.getpid()))


def test_whoever_is_not_root_waits_for_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel lets ordinary users do it ten times a second, all together."""
    answers = [False, False, True]
    monkeypatch.setattr(jail, "yield_group", lambda *_: answers.pop(0))
    monkeypatch.setattr(os, "nice", lambda _: 15)
    monkeypatch.setattr(os, "getsid", lambda _: os.getpid())
    monkeypatch.setattr(jail, "GROUP_SECONDS", 0.001)
    jail.yield_to_others(15)
    assert answers == []


async def test_whoever_wants_it_no_more_stops_it(folder: Path) -> None:
    stop = asyncio.Event()
    arguments = ["-v", "error", "-re", "-f", "lavfi", "-i", "sine=d=600", "-f", "null", "-"]
    running = asyncio.create_task(ffmpeg.run(arguments, folder, stop=stop))
    await asyncio.sleep(0.5)
    stop.set()
    with pytest.raises(ffmpeg.StoppedError):
        await asyncio.wait_for(running, 3)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.mp4\n#EXT-X-ENDLIST\n"),
        ("list.mp4", "ffconcat version 1.0\nfile secret.mp4\n"),
        ("list.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5000 RTP/AVP 96\n"),
    ],
)
async def test_no_playlist_is_followed(folder: Path, name: str, text: str) -> None:
    makers.film(folder / "secret.mp4", 0.2)
    (folder / name).write_text(text)
    graph = ffmpeg.thrown_away(ffmpeg.opened(name, "mov")["v:0"])
    with pytest.raises(ffmpeg.FfmpegError):
        await ffmpeg.run(ffmpeg.arguments(graph), folder, inputs=[name])


async def test_no_protocol_but_files(folder: Path, port: int) -> None:
    made = ffmpeg.arguments(ffmpeg.thrown_away(ffmpeg.opened("in.mp4", "mov")["v:0"]))
    for address in (
        f"http://127.0.0.1:{port}/a.mp4",
        "concat:in.mp4|in.mp4",
        "data:video/mp4;base64,AAAA",
        "subfile,,start,0,end,9,,:in.mp4",
    ):
        makers.film(folder / "in.mp4", 0.2)
        with pytest.raises(ffmpeg.FfmpegError) as failed:
            await ffmpeg.run([address if each == "file:in.mp4" else each for each in made], folder)
        assert "whitelist" in failed.value.said.lower() or "not permitted" in failed.value.said.lower()


async def test_no_decoder_that_was_not_chosen(folder: Path) -> None:
    makers.ffmpeg("-f", "lavfi", "-i", "testsrc=d=0.2", "-c:v", "ffv1", path=folder / "odd.mkv")
    graph = ffmpeg.thrown_away(ffmpeg.opened("odd.mkv", "matroska")["v:0"])
    with pytest.raises(ffmpeg.FfmpegError):
        await ffmpeg.run(ffmpeg.arguments(graph), folder, inputs=["odd.mkv"])


async def test_no_decoder_that_was_not_chosen_reads_results(folder: Path, tmp_path: Path) -> None:
    odd = makers.ffmpeg("-f", "lavfi", "-i", "testsrc=d=0.2", "-c:v", "ffv1", path=folder / "odd.mkv")
    for extent in ("frames", "packets"):
        with pytest.raises(examine.UnreadableError, match="ffv1"):
            await reading.read(odd, "matroska", tmp_path, extent)
    assert [track.codec for track in (await reading.read(odd, "matroska", tmp_path, "head")).tracks] == ["ffv1"]


async def test_a_file_is_read_to_its_end(folder: Path, tmp_path: Path) -> None:
    whole = makers.film(folder / "whole.mp4", 3)
    found = await reading.read(whole, "mov", tmp_path, "frames")
    assert [(track.kind, track.codec) for track in found.tracks] == [("audio", "aac"), ("video", "h264")]
    assert found.of("video")[0].frames == 90
    assert found.seconds == pytest.approx(3, abs=0.1)
    assert (await reading.read(whole, "mov", tmp_path, "packets")).of("video")[0].packets == 90
