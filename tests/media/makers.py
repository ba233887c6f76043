"""Makes media for tests: real files by ffmpeg and Pillow, and rows without files where a test needs no bytes."""

import subprocess
import uuid
from functools import cache
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw
from sqlalchemy import Executable, bindparam, insert

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.media.tables import media_objects

_FIXED = {"sha256": b"\0" * 32, "charged": 0, "filename": "file", "size": 1_000_000}


@statement
def _insert() -> Executable:
    given = ("owner_id", "kind", "key", "content_type", "duration_ms", "width", "height", "state", "visibility")
    times: dict[str, object] = {"created_at": bindparam("now"), "unused_since": bindparam("now")}
    return (
        insert(media_objects)
        .values({name: bindparam(name) for name in given} | _FIXED | times)
        .returning(media_objects)
    )


async def audio(
    tx: Tx, owner: int, *, duration_ms: int = 60_000, state: str = "ready", visibility: str = "private"
) -> Row:
    """An mp3 of this person, without bytes in the store."""
    return await _object(tx, owner, "audio/{}.mp3", "audio/mpeg", duration_ms, state=state, visibility=visibility)


async def video(
    tx: Tx, owner: int, *, duration_ms: int = 60_000, state: str = "ready", visibility: str = "private"
) -> Row:
    """An mp4 of this person, without bytes in the store."""
    return await _object(tx, owner, "video/{}.mp4", "video/mp4", duration_ms, state=state, visibility=visibility)


async def image(tx: Tx, owner: int, *, state: str = "ready", visibility: str = "private") -> Row:
    """A jpeg of this person, without bytes in the store."""
    return await _object(tx, owner, "images/{}.jpg", "image/jpeg", None, state=state, visibility=visibility)


async def document(tx: Tx, owner: int, *, state: str = "ready", visibility: str = "private") -> Row:
    """A PDF of this person, without bytes in the store."""
    return await _object(tx, owner, "documents/{}.pdf", "application/pdf", None, state=state, visibility=visibility)


async def _object(
    tx: Tx, owner: int, key: str, content_type: str, duration_ms: int | None, *, state: str, visibility: str
) -> Row:
    kind = "document" if content_type == "application/pdf" else content_type.partition("/")[0]
    row = await tx.one(
        _insert(),
        owner_id=owner,
        kind=kind,
        key=key.format(uuid.uuid4().hex),
        content_type=content_type,
        duration_ms=duration_ms,
        width=640 if kind in {"video", "image"} else None,
        height=480 if kind in {"video", "image"} else None,
        state=state,
        visibility=visibility,
        now=clock.now(),
    )
    assert row is not None
    return row


def tone(path: Path, seconds: float = 3.3, *options: str) -> Path:
    """A sine tone; the container comes from the name, and options go to ffmpeg before it."""
    return ffmpeg("-f", "lavfi", "-i", f"sine=440:duration={seconds}", *options, path=path)


def film(path: Path, seconds: float = 3.3, *options: str) -> Path:
    """A test picture with a running clock, and a tone."""
    picture = ("-f", "lavfi", "-i", f"testsrc=size=320x240:rate=30:duration={seconds}")
    sound = ("-f", "lavfi", "-i", f"sine=440:duration={seconds}")
    codec = (
        ("-c:v", "libvpx", "-deadline", "realtime")
        if path.suffix == ".webm"
        else ("-c:v", "libx264", "-preset", "ultrafast")
    )
    return ffmpeg(*picture, *sound, *codec, *options, path=path)


def ffmpeg(*options: str, path: Path) -> Path:
    """Run ffmpeg and return what it wrote."""
    command = [_ffmpeg(), "-nostdin", "-v", "error", "-y", *options, str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path


@cache
def _ffmpeg() -> str:
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def picture(path: Path, size: tuple[int, int] = (800, 600), **save: object) -> Path:
    """A picture with something in it; the format comes from the name, the rest goes to Pillow."""
    drawn = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(drawn)
    draw.rectangle((0, 0, size[0] // 2, size[1] // 2), fill="red")
    draw.ellipse((size[0] // 2, size[1] // 2, size[0] - 1, size[1] - 1), fill="blue")
    drawn.save(path, **save)  # type: ignore[arg-type]  # Pillow's options have no common type
    return path


def document_file(path: Path) -> Path:
    """A PDF of one page."""
    Image.new("RGB", (200, 280), "white").save(path, "PDF")
    return path
