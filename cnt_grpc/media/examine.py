"""Looking into hostile files: starts the examiners as processes under limits, and takes from them what makes sense.

Whatever a file does to the library that reads it happens in a process that has nothing: an empty folder of its own, no
environment, a few files, bounded memory and time. What it answers is checked like the answer of a stranger.
"""

import asyncio
import contextlib
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cnt_grpc.media import examiner, jail
from cnt_grpc.media.sniff import FileType, Kind

SECONDS = 100
"""Longest examination: a film's index and both ends, or a sound file read to its end."""
MEMORY: Final = 2 * 1024**3
"""Bytes of address space: enough for a picture of 50 megapixels drawn three times, or a few frames of 8K."""
LARGEST_OUTPUT: Final = 200 * 1000 * 1000
_MOST_FILES: Final = 64
_MOST_ANSWER: Final = 64 * 1024

_PYTHON: Final = (sys.executable, "-I", "-B")
_SCRIPTS: Final = Path(examiner.__file__).parent
_PILLOW_NAMES: Final = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
_EXTENSIONS: Final = {pillow: extension for extension, pillow in _PILLOW_NAMES.items()}


class UnreadableError(Exception):
    """The file is no media that we can use; says why in words for its owner."""

    def __init__(self, why: str, most_pixels: int | None = None) -> None:
        super().__init__(why)
        self.most_pixels = most_pixels
        """The limit, where the only fault of a picture is that it has more."""


class BrokenExaminerError(Exception):
    """The examiner died or hung: of the file, or of a machine in distress. Another try tells which."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was made of a file."""

    name: str
    """What it is: thumbnail, medium, or "" for the picture itself."""
    file: Path
    extension: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What an examination found."""

    duration_ms: int | None = None
    width: int | None = None
    height: int | None = None
    codecs: str = ""
    pictures: tuple[Picture, ...] = ()


async def film(
    path: Path, file_type: FileType, kind: Kind, folder: Path, *, thumbnail: bool, at_ms: int | None = None
) -> Facts:
    """Length, size and codecs of a sound or film file, and a still if wanted; `folder` is empty and the file's own.

    The still is of the moment `at_ms`, or of 45 s or a tenth of the length, whichever is less.
    """
    still = folder / "thumbnail"
    wanted = str(still) if thumbnail and kind is Kind.VIDEO else None
    request = {
        "path": str(path),
        "container": file_type.container,
        "kind": kind.value,
        "thumbnail": wanted,
        "at_ms": at_ms,
    }
    answer = await ask("film.py", request, folder)
    with _checked():
        made = answer.get("thumbnail")
        pictures = [Picture("thumbnail", still, "jpg", _number(made["width"]), _number(made["height"]))] if made else []
        return Facts(
            duration_ms=_number(answer["duration_ms"]),
            width=_number(answer["width"]) if "width" in answer else None,
            height=_number(answer["height"]) if "height" in answer else None,
            codecs=",".join(str(each)[:32] for each in answer["codecs"][:2]),
            pictures=tuple(pictures),
        )


async def picture(path: Path, file_type: FileType, folder: Path, *, pixels: int) -> Facts:
    """The picture drawn anew, and its variants; the first of the pictures is the picture itself."""
    request = {
        "path": str(path),
        "format": _PILLOW_NAMES[file_type.extension],
        "pixels": pixels,
        "folder": str(folder),
    }
    answer = await ask("picture.py", request, folder)
    with _checked():
        pictures = tuple(
            Picture(
                str(each["name"]),
                folder / Path(each["file"]).name,
                _EXTENSIONS[each["format"]],
                _number(each["width"]),
                _number(each["height"]),
            )
            for each in answer["files"]
        )
        return Facts(width=pictures[0].width, height=pictures[0].height, pictures=pictures)


async def document(path: Path, folder: Path) -> Facts:
    """A picture of the first page of a PDF, if it can be read."""
    first = folder / "thumbnail"
    answer = await ask("document.py", {"path": str(path), "thumbnail": str(first)}, folder)
    with _checked():
        picture = Picture("thumbnail", first, "jpg", _number(answer["width"]), _number(answer["height"]))
        return Facts(pictures=(picture,))


def _number(value: object) -> int:
    if not isinstance(value, int) or not 0 < value < 2**40:
        raise ValueError(value)
    return value


@contextlib.contextmanager
def _checked() -> Iterator[None]:
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise BrokenExaminerError("the answer makes no sense") from error


async def ask(
    script: str, request: Mapping[str, object], folder: Path, *, seconds: int = SECONDS, niceness: int = 0
) -> dict[str, Any]:
    """What one of the examiners answers to the request within so many seconds; `folder` is where it starts.

    `niceness`: how much it yields to whatever else runs here; 0 is as little as this process.

    Raises UnreadableError, BrokenExaminerError.
    """
    process = await asyncio.create_subprocess_exec(
        *_PYTHON,
        str(_SCRIPTS / script),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env={"LANG": "C.UTF-8"},
        start_new_session=True,
        limit=_MOST_ANSWER,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(seconds):
            # It waits for the request with its libraries loaded: no hostile byte is read before the limits stand.
            _limit(process.pid, seconds)
            await _make_nice(process.pid, niceness)
            process.stdin.write(json.dumps(request).encode())
            process.stdin.close()
            answer = await _to_the_end(process.stdout)
            status = await process.wait()
    except TimeoutError:
        raise BrokenExaminerError("no answer in time") from None
    except (BrokenPipeError, ConnectionResetError):
        raise BrokenExaminerError("died before it read the request") from None
    finally:
        await _end(process)
    if status != 0:
        raise BrokenExaminerError(f"ended with {status}")
    return _answer(answer)


async def _to_the_end(stream: asyncio.StreamReader) -> bytes:
    try:
        await stream.readexactly(_MOST_ANSWER)
    except asyncio.IncompleteReadError as end:
        return end.partial
    raise BrokenExaminerError("the answer is too long")


def _answer(text: bytes) -> dict[str, Any]:
    # A refusal ends the script wherever it is found out; nothing follows it.
    try:
        answer = json.loads(text)
    except ValueError:
        raise BrokenExaminerError("the answer is no JSON") from None
    if not isinstance(answer, dict):
        raise BrokenExaminerError("the answer is no object")
    if "refused" in answer:
        limit = answer.get("most_pixels")
        raise UnreadableError(str(answer["refused"])[:200], limit if isinstance(limit, int) else None)
    return answer


def _limit(pid: int, seconds: int) -> None:
    if not hasattr(resource, "prlimit"):
        return  # only Linux lets a parent set them; elsewhere the time limit alone holds
    limits = {
        resource.RLIMIT_AS: MEMORY,
        # Several threads may use it up at once.
        resource.RLIMIT_CPU: seconds * (os.cpu_count() or 1),
        resource.RLIMIT_FSIZE: LARGEST_OUTPUT,
        resource.RLIMIT_NOFILE: _MOST_FILES,
        resource.RLIMIT_CORE: 0,
    }
    with contextlib.suppress(ProcessLookupError):
        for each, most in limits.items():
            hard = resource.prlimit(pid, each)[1]
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.prlimit(pid, each, (bound, bound))


async def _make_nice(pid: int, niceness: int) -> None:
    if not niceness:
        return
    with contextlib.suppress(ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid) + niceness)
        reached = os.getpriority(os.PRIO_PROCESS, pid)
        for _ in range(jail.GROUP_TRIES):
            if jail.yield_group(str(pid), reached):
                return
            await asyncio.sleep(jail.GROUP_SECONDS)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
