"""Examining real and hostile files, each in a process of its own."""

import asyncio
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from cnt_grpc.media import examine
from cnt_grpc.media.examine import BrokenExaminerError, UnreadableError
from cnt_grpc.media.sniff import HEAD, JPEG, M4A, MKV, MP3, MP4, PNG, FileType, Kind, sniff
from tests.media import makers

SECONDS = 3.3
WITHIN = 50
"""Milliseconds by which a duration may be wrong."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    return made


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp3", ()),
        ("vbr.mp3", ("-q:a", "5")),
        ("guessed.mp3", ("-q:a", "5", "-write_xing", "0")),
        ("a.wav", ()),
        ("a.m4a", ()),
        ("a.aac", ()),
        ("a.flac", ()),
        ("opus.ogg", ("-c:a", "libopus")),
        ("vorbis.ogg", ("-c:a", "libvorbis")),
        ("a.webm", ("-c:a", "libopus")),
        ("streamed.webm", ("-c:a", "libopus", "-live", "1")),
    ],
)
async def test_durations_of_sounds(name: str, options: tuple[str, ...], tmp_path: Path, folder: Path) -> None:
    path = makers.tone(tmp_path / name, SECONDS, *options)
    facts = await examine.film(path, type_of(path, Kind.AUDIO), Kind.AUDIO, folder, thumbnail=False)
    assert facts.duration_ms == pytest.approx(SECONDS * 1000, abs=WITHIN)
    assert (facts.width, facts.height, facts.pictures) == (None, None, ())
    assert facts.codecs


async def test_a_header_that_guesses_wrongly(tmp_path: Path, folder: Path) -> None:
    """Silence takes few bits and the tone many: from the first frames one would guess three minutes too little."""
    quiet = "aevalsrc='if(lt(t,60),0,random(0)*0.8)':duration=66:sample_rate=44100"
    path = makers.ffmpeg("-f", "lavfi", "-i", quiet, "-q:a", "2", "-write_xing", "0", path=tmp_path / "a.mp3")
    facts = await examine.film(path, MP3, Kind.AUDIO, folder, thumbnail=False)
    assert facts.duration_ms == pytest.approx(66_000, abs=WITHIN)


async def test_a_cover_is_no_film(tmp_path: Path, folder: Path) -> None:
    cover = makers.picture(tmp_path / "cover.jpg")
    sound = makers.tone(tmp_path / "plain.mp3", 1)
    inputs = ("-i", str(sound), "-i", str(cover), "-map", "0", "-map", "1", "-c", "copy")
    path = makers.ffmpeg(*inputs, "-disposition:v", "attached_pic", path=tmp_path / "a.mp3")
    facts = await examine.film(path, MP3, Kind.AUDIO, folder, thumbnail=False)
    assert facts.duration_ms == pytest.approx(1000, abs=WITHIN)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", ()),
        ("fast.mp4", ("-movflags", "+faststart")),
        ("pieces.mp4", ("-movflags", "frag_keyframe+empty_moov")),
        ("a.mov", ()),
        ("a.mkv", ()),
        ("live.mkv", ("-live", "1")),
        ("a.webm", ()),
    ],
)
async def test_films(name: str, options: tuple[str, ...], tmp_path: Path, folder: Path) -> None:
    path = makers.film(tmp_path / name, SECONDS, *options)
    facts = await examine.film(path, type_of(path, Kind.VIDEO), Kind.VIDEO, folder, thumbnail=True)
    assert facts.duration_ms == pytest.approx(SECONDS * 1000, abs=WITHIN)
    assert (facts.width, facts.height) == (320, 240)
    [still] = facts.pictures
    with Image.open(still.file) as opened:
        assert (opened.format, opened.size) == ("JPEG", (320, 240))
        colours = opened.convert("RGB").resize((16, 16)).getcolors()
        assert colours is not None
        assert len(colours) > 20


async def test_a_film_held_upright(tmp_path: Path, folder: Path) -> None:
    lying = makers.film(tmp_path / "lying.mp4", 1)
    path = makers.ffmpeg("-display_rotation", "90", "-i", str(lying), "-c", "copy", path=tmp_path / "a.mp4")
    facts = await examine.film(path, MP4, Kind.VIDEO, folder, thumbnail=True)
    assert (facts.width, facts.height) == (240, 320)
    assert (facts.pictures[0].width, facts.pictures[0].height) == (240, 320)


async def test_a_large_film_is_read_at_both_ends(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answer with a size limit that every file exceeds; the script is run as it is but for the number."""
    script = (examine._SCRIPTS / "film.py").read_text().replace("LARGE: Final = 512 * 1024 * 1024", "LARGE: Final = 1")
    (tmp_path / "film.py").write_text(script)
    monkeypatch.setattr(examine, "_SCRIPTS", tmp_path)
    path = makers.film(tmp_path / "a.mp4", 60, "-g", "30")
    facts = await examine.film(path, MP4, Kind.VIDEO, folder, thumbnail=False)
    assert facts.duration_ms == pytest.approx(60_000, abs=WITHIN)
    fast = makers.ffmpeg("-i", str(path), "-c", "copy", "-movflags", "+faststart", path=tmp_path / "fast.mp4")
    cut(fast, 0.7)
    with pytest.raises(UnreadableError, match="breaks off"):
        await examine.film(fast, MP4, Kind.VIDEO, folder, thumbnail=False)


async def test_a_film_is_no_sound_and_a_sound_no_film(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(UnreadableError, match="moving pictures"):
        await examine.film(makers.film(tmp_path / "a.mp4", 1), M4A, Kind.AUDIO, folder, thumbnail=False)
    with pytest.raises(UnreadableError, match="no moving pictures"):
        await examine.film(makers.tone(tmp_path / "a.m4a", 1), MP4, Kind.VIDEO, folder, thumbnail=False)


@pytest.mark.parametrize(
    ("name", "share", "options"),
    [("a.mp4", 0.6, ()), ("a.mp4", 0.6, ("-movflags", "+faststart")), ("a.mkv", 0.6, ()), ("a.mkv", 0.01, ())],
)
async def test_truncated_films(name: str, share: float, options: tuple[str, ...], tmp_path: Path, folder: Path) -> None:
    path = cut(makers.film(tmp_path / name, 5, *options), share)
    with pytest.raises(UnreadableError):
        await examine.film(path, MKV if name.endswith("mkv") else MP4, Kind.VIDEO, folder, thumbnail=True)


@pytest.mark.parametrize("data", [b"", b"\0" * 5000, b"<svg/>", b"ID3\4\0\0\0\0\0\0" + b"<html>" * 900])
@pytest.mark.parametrize("file_type", [MP3, MP4, MKV, M4A])
async def test_what_is_no_media(data: bytes, file_type: FileType, tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(data)
    with pytest.raises(UnreadableError):
        await examine.film(path, file_type, file_type.kind, folder, thumbnail=True)


@pytest.mark.parametrize("seed", range(12))
async def test_mutated_media_is_harmless(seed: int, tmp_path: Path, folder: Path) -> None:
    name = ["a.mp4", "a.mkv", "a.webm"][seed % 3]
    data = bytearray(makers.film(tmp_path / name, 0.5).read_bytes())
    for number in range(40):
        data[zlib.crc32(struct.pack("<2I", seed, number)) % len(data)] ^= 1 << number % 8
    path = tmp_path / "mutated"
    path.write_bytes(data)
    file_type = {"a.mp4": MP4, "a.mkv": MKV}.get(name, MKV)
    try:
        facts = await examine.film(path, file_type, Kind.VIDEO, folder, thumbnail=True)
    except (UnreadableError, BrokenExaminerError):
        return
    assert facts.duration_ms is not None


async def test_pictures_are_drawn_anew(tmp_path: Path, folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    exif[0x010F] = "SecretCamera"
    path = makers.picture(tmp_path / "a.jpg", (2000, 1000), exif=exif, comment=b"SecretComment")
    path.write_bytes(path.read_bytes() + b"<script>SecretTail</script>")
    facts = await examine.picture(path, JPEG, folder, pixels=50_000_000)
    assert (facts.width, facts.height) == (1000, 2000)
    assert [(made.name, made.width, made.height) for made in facts.pictures] == [
        ("", 1000, 2000),
        ("thumbnail", 240, 480),
        ("medium", 640, 1280),
    ]
    for made in facts.pictures:
        assert b"Secret" not in made.file.read_bytes()
        with Image.open(made.file) as opened:
            assert opened.size == (made.width, made.height)
            assert not opened.getexif()
            # The red corner was at the top left, and is at the top right now.
            assert near(opened, 0.9, 0.1) == pytest.approx((254, 0, 0), abs=8)


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.gif"])
async def test_pictures_keep_their_format(name: str, tmp_path: Path, folder: Path) -> None:
    path = makers.picture(tmp_path / name)
    facts = await examine.picture(path, type_of(path, Kind.IMAGE), folder, pixels=50_000_000)
    with Image.open(facts.pictures[0].file) as opened:
        assert opened.format == {"a.png": "PNG", "a.webp": "WEBP", "a.gif": "GIF"}[name]
        assert near(opened, 0.1, 0.1) == pytest.approx((255, 0, 0), abs=8)


async def test_transparency_stays(tmp_path: Path, folder: Path) -> None:
    Image.new("RGBA", (900, 900), (0, 255, 0, 0)).save(tmp_path / "a.png")
    facts = await examine.picture(tmp_path / "a.png", PNG, folder, pixels=50_000_000)
    for made in facts.pictures:
        with Image.open(made.file) as opened:
            assert opened.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
async def test_moving_pictures_keep_moving(name: str, tmp_path: Path, folder: Path) -> None:
    frames = [Image.new("RGB", (100, 100), colour) for colour in ("red", "green", "blue")]
    path = tmp_path / name
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=80, loop=0)
    facts = await examine.picture(path, type_of(path, Kind.IMAGE), folder, pixels=50_000_000)
    with Image.open(facts.pictures[0].file) as opened:
        assert getattr(opened, "n_frames", 1) == 3
        assert opened.info["loop"] == 0


def bomb(path: Path) -> None:
    """A PNG of 30,000 × 30,000 pixels in a megabyte of zeros."""
    header = struct.pack(">2I5B", 30_000, 30_000, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 100_000_000, 9)
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    parts = [struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def endless(path: Path) -> None:
    """A GIF of 2,000 frames of 5,000 × 5,000 pixels."""
    frame = b"\x2c" + struct.pack("<4HB", 0, 0, 5000, 5000, 0) + b"\2\2\x4c\1\0"
    path.write_bytes(b"GIF89a" + struct.pack("<2H3B", 5000, 5000, 0x80, 0, 0) + b"\0" * 6 + frame * 2000 + b";")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("bomb.png", bomb),
        ("endless.gif", endless),
        ("short.jpg", lambda path: cut(makers.picture(path), 0.5)),
        ("tiny.jpg", lambda path: path.write_bytes(b"\xff\xd8\xff\xe0")),
        ("wrong.png", lambda path: makers.picture(path.with_suffix(".gif")).rename(path)),
        ("svg.png", lambda path: path.write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg"/>')),
    ],
)
async def test_hostile_pictures(name: str, make: Callable[[Path], object], tmp_path: Path, folder: Path) -> None:
    path = tmp_path / name
    make(path)
    file_type = {".png": PNG, ".jpg": JPEG}.get(path.suffix) or type_of(path, Kind.IMAGE)
    with pytest.raises(UnreadableError) as refusal:
        await examine.picture(path, file_type, folder, pixels=50_000_000)
    assert refusal.value.most_pixels is None, "what cannot be read is not too large"


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.gif"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
async def test_pictures_with_too_many_pixels_are_told_so(name: str, mode: str, tmp_path: Path, folder: Path) -> None:
    path = tmp_path / name
    drawn = Image.new(mode, (600, 500), 0)
    drawn.putpixel((3, 3), 255 if mode == "L" else (255, 0, 0))
    drawn.save(path)
    with pytest.raises(UnreadableError) as refusal:
        await examine.picture(path, type_of(path, Kind.IMAGE), folder, pixels=299_999)
    assert refusal.value.most_pixels == 299_999
    # Not a pixel too many, and it is taken.
    assert (await examine.picture(path, type_of(path, Kind.IMAGE), folder, pixels=300_000)).width == 600


@pytest.mark.parametrize(
    "body",
    [
        "import os; os.kill(os.getpid(), 11)",
        "import sys; sys.exit(1)",
        "import sys; sys.stdin.read(); print('no json')",
        "import sys; sys.stdin.read(); print('[]')",
        "import sys; sys.stdin.read(); print('{}')",
        'import sys; sys.stdin.read(); print(\'{"duration_ms": -5, "codecs": []}\')',
        "import sys; sys.stdin.read(); print('x' * 100_000)",
        "import sys; sys.stdin.read(); bytearray(3 * 1024**3)",
        "import sys; sys.stdin.read(); open('big', 'wb').truncate(10**12)",
        "import sys; sys.stdin.read(); [open('/dev/null') for _ in range(100)] and 1/0",
    ],
)
async def test_an_examiner_that_breaks(
    body: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "film.py").write_text(body)
    monkeypatch.setattr(examine, "_SCRIPTS", tmp_path)
    with pytest.raises(BrokenExaminerError):
        await examine.film(tmp_path / "any", MP3, Kind.AUDIO, folder, thumbnail=False)


async def test_a_hanging_examiner_is_killed(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "film.py").write_text("import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)")
    monkeypatch.setattr(examine, "_SCRIPTS", tmp_path)
    monkeypatch.setattr(examine, "SECONDS", 1)
    with pytest.raises(BrokenExaminerError):
        await examine.film(tmp_path / "any", MP3, Kind.AUDIO, folder, thumbnail=False)
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)


async def test_an_examiner_has_nothing(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment, no code of ours, no files but its own folder as its place."""
    monkeypatch.setenv("SECRET_KEY", "canary")
    told = "{'refused': f'{dict(os.environ)} {os.getcwd()}'}"
    (tmp_path / "film.py").write_text(f"import json, os, sys; sys.stdin.read(); json.dump({told}, sys.stdout)")
    monkeypatch.setattr(examine, "_SCRIPTS", tmp_path)
    with pytest.raises(UnreadableError) as said:
        await examine.film(tmp_path / "any", MP3, Kind.AUDIO, folder, thumbnail=False)
    assert str(said.value) == f"{{'LANG': 'C.UTF-8'}} {folder}"


@pytest.mark.parametrize("file_type", [MP3, MP4, MKV])
@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile://{pipe}\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {pipe}\nfile {url}\n",
        "ffconcat version 1.0\nfile {url}\n",
        '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>{url}</BaseURL></Period></MPD>',
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    ],
)
async def test_a_playlist_opens_nothing(playlist: str, file_type: FileType, tmp_path: Path, folder: Path) -> None:
    """Whoever opened the pipe would wait for ever, and whoever opened the address would be counted."""
    visits = []
    async with await asyncio.start_server(lambda *_: visits.append(1), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        pipe = tmp_path / "canary.mp3"
        os.mkfifo(pipe)
        path = tmp_path / "a.mp4"
        path.write_text(playlist.format(pipe=pipe, url=f"http://127.0.0.1:{port}/canary.mp3"))
        async with asyncio.timeout(20):
            with pytest.raises(UnreadableError):
                await examine.film(path, file_type, file_type.kind, folder, thumbnail=True)
    assert not visits


def type_of(path: Path, kind: Kind) -> FileType:
    found = sniff(path.read_bytes()[:HEAD], kind)
    assert isinstance(found, FileType), found
    return found


def cut(path: Path, share: float) -> Path:
    """Keep only the beginning of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def near(picture: Image.Image, across: float, down: float) -> tuple[int, ...]:
    """The colour at this place."""
    found = picture.convert("RGB").getpixel((int(picture.width * across), int(picture.height * down)))
    assert isinstance(found, tuple)
    return found
