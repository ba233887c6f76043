"""Files that were made to harm, for tests: each is small, and does its harm only to whoever believes it."""

import gzip
import io
import itertools
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, PngImagePlugin

from cnt_grpc.media.sniff import Kind
from tests.media import makers


@dataclass(frozen=True)
class Hostile:
    """One of them."""

    name: str
    """As the stranger calls it."""
    kind: Kind
    """As what it is sent."""
    data: bytes
    may_pass: bool = False
    """Whether what the platform makes of it is harmless: cut sound is sound, pictures are drawn anew."""


def corpus(folder: Path, pipe: Path, url: str) -> list[Hostile]:
    """All of them; whoever opens `pipe` waits for ever, and whoever asks for `url` is counted."""
    folder.mkdir(exist_ok=True)
    lures = {"pipe": str(pipe), "url": url}
    return [
        *_playlists(lures),
        *_texts_and_programs(url),
        *_polyglots(folder, lures),
        *_bombs(),
        *_broken(folder),
        *_decoders(folder),
    ]


_PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile://{pipe}\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile {pipe}\nfile {url}\n",
    "dash": '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>{url}</BaseURL></Period></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    "pls": "[playlist]\nNumberOfEntries=1\nFile1={url}\n",
    "concat": "concat:{pipe}|{url}",
    "subfile": "subfile,,start,0,end,9,,:{pipe}",
}


def _playlists(lures: dict[str, str]) -> Iterator[Hostile]:
    for name, text in _PLAYLISTS.items():
        data = text.format(**lures).encode()
        yield Hostile(f"{name}.mp4", Kind.VIDEO, data)
        yield Hostile(f"{name}.mp3", Kind.AUDIO, data)
        # With a first line that says it is something else.
        yield Hostile(f"{name}-behind-ftyp.mp4", Kind.VIDEO, b"\0\0\0\x14ftypisom\0\0\0\0isom" + data)
        yield Hostile(f"{name}-behind-id3.mp3", Kind.AUDIO, b"ID3\4\0\0\0\0\0\0" + data)
        yield Hostile(f"{name}-behind-ebml.mkv", Kind.VIDEO, b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska" + data)
        yield Hostile(f"{name}-behind-oggs.ogg", Kind.AUDIO, b"OggS\0" + data)


def _texts_and_programs(url: str) -> Iterator[Hostile]:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"><image x:href="{url}"/></svg>'
    )
    tar, archive = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as made:
        made.addfile(tarfile.TarInfo("../../etc/passwd"))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("bomb", b"\0" * 10_000_000)
    given = {
        "a.svg": svg.encode(),
        "bom.svg": b"\xef\xbb\xbf  \n" + svg.encode(),
        "a.html": f"<!doctype html><script src='{url}'></script>".encode(),
        "entity.xml": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "{url}">]><a>&b;</a>'.encode(),
        "a.elf": b"\x7fELF" + b"\2" * 200,
        "a.exe": b"MZ" + b"\0" * 200,
        "a.sh": b"#!/bin/sh\nrm -rf /\n",
        "a.wasm": b"\0asm\1\0\0\0",
        "a.zip": archive.getvalue(),
        "a.tar": tar.getvalue(),
        "a.gz": gzip.compress(b"\0" * 10_000_000),
        "a.ps": b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n",
        "a.mvg": f"push graphic-context\nimage over 0,0 0,0 '{url}'\n".encode(),
    }
    turns = itertools.cycle([(Kind.VIDEO, "mp4"), (Kind.IMAGE, "png"), (Kind.AUDIO, "mp3"), (Kind.DOCUMENT, "pdf")])
    for (name, data), (kind, end) in zip(given.items(), turns, strict=False):
        yield Hostile(f"{name}.{end}", kind, data)


def _polyglots(folder: Path, lures: dict[str, str]) -> Iterator[Hostile]:
    script = f"<script src='{lures['url']}'></script>".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("evil.class", b"\xca\xfe\xba\xbe")
    png = makers.picture(folder / "a.png", (64, 48)).read_bytes()
    gif = makers.picture(folder / "a.gif", (64, 48)).read_bytes()
    jpg = makers.picture(folder / "a.jpg", (64, 48), comment=script).read_bytes()
    yield Hostile("archive-behind.gif", Kind.IMAGE, gif + archive.getvalue(), may_pass=True)
    yield Hostile("script-behind.png", Kind.IMAGE, png + script, may_pass=True)
    yield Hostile("script-within.jpg", Kind.IMAGE, jpg, may_pass=True)
    yield Hostile("script-within.gif", Kind.IMAGE, b"GIF89a/*" + script + b"*/=1;")
    yield Hostile("page.pdf", Kind.DOCUMENT, b"%PDF-1.7\n" + script)
    film = makers.film(folder / "a.mp4", 0.5).read_bytes()
    # The track says that its samples are in another file.
    elsewhere = film.replace(b"\0\0\0\x0curl \0\0\0\1", b"\0\0\0\x0calis\0\0\0\0")
    assert elsewhere != film
    yield Hostile("reference.mp4", Kind.VIDEO, elsewhere, may_pass=True)
    movie = f"file://{lures['pipe']}".encode() + b"\0"
    inner = struct.pack(">I4sI4sI", 20 + len(movie), b"rdrf", 0, b"url ", len(movie)) + movie
    for atom in (b"rmda", b"rmra", b"moov"):
        inner = struct.pack(">I4s", 8 + len(inner), atom) + inner
    yield Hostile("reference-movie.mov", Kind.VIDEO, b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + inner)
    action = f"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/URI/URI({lures['url']})>>>>"
    pages = "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"
    body = "".join(f"{n} 0 obj{each}endobj\n" for n, each in enumerate((action, *pages), 1))
    yield Hostile("calls-home.pdf", Kind.DOCUMENT, f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>".encode(), may_pass=True)


def _png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    header = (b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
    parts = [struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in (header, *chunks)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _bombs() -> Iterator[Hostile]:
    zeros = zlib.compress(b"\0" * 50_000_000, 9)
    end = (b"IEND", b"")
    yield Hostile("pixels.png", Kind.IMAGE, _png(30_000, 30_000, (b"IDAT", zeros), end))
    yield Hostile("more-pixels.png", Kind.IMAGE, _png(2**31 - 1, 2**31 - 1, (b"IDAT", zeros), end))
    yield Hostile("text.png", Kind.IMAGE, _png(8, 8, (b"zTXt", b"a\0\0" + zeros), (b"IDAT", zeros[:99]), end))
    yield Hostile("profile.png", Kind.IMAGE, _png(8, 8, (b"iCCP", b"a\0\0" + zeros), (b"IDAT", zeros[:99]), end))
    jpeg = io.BytesIO()
    Image.new("RGB", (16, 16)).save(jpeg, "JPEG")
    large = jpeg.getvalue().replace(struct.pack(">2H", 16, 16), struct.pack(">2H", 65_500, 65_500), 1)
    yield Hostile("pixels.jpg", Kind.IMAGE, large)
    frame = b"\x2c" + struct.pack("<4HB", 0, 0, 5000, 5000, 0) + b"\2\2\x4c\1\0"
    screen = b"GIF89a" + struct.pack("<2H3B", 5000, 5000, 0x80, 0, 0) + b"\0" * 6
    yield Hostile("frames.gif", Kind.IMAGE, screen + frame * 2000 + b";")
    yield Hostile("long.flac", Kind.AUDIO, b"fLaC\x80\0\0\x22" + b"\x10\0\x10\0" + b"\xff" * 30 + b"\xff\xf8" * 50)
    wave = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\1\0\1\0\0\0\2\0\0\0\2\0\x10\0data\xff\xff\xff\xff"
    yield Hostile("long.wav", Kind.AUDIO, wave + b"\0" * 64, may_pass=True)
    deep = b""
    for _ in range(5000):
        deep = struct.pack(">I4s", 8 + len(deep), b"moov") + deep
    yield Hostile("deep.mp4", Kind.VIDEO, b"\0\0\0\x14ftypisom\0\0\0\0isom" + deep)
    boxes = struct.pack(">I4sII", 16, b"stsz", 0, 0) + struct.pack(">I", 2**32 - 1)
    for atom in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        boxes = struct.pack(">I4s", 8 + len(boxes), atom) + boxes
    yield Hostile("samples.mp4", Kind.VIDEO, b"\0\0\0\x14ftypisom\0\0\0\0isom" + boxes)
    numbers = "".join(f"{n} 0 obj<</Kids[{n + 1} 0 R {n + 1} 0 R]/Type/Pages/Count 2>>endobj\n" for n in range(1, 60))
    yield Hostile("pages.pdf", Kind.DOCUMENT, f"%PDF-1.4\n{numbers}trailer<</Root 1 0 R>>".encode())


_WHOLE = ("mp3", "wav", "m4a", "aac", "flac", "ogg", "mp4", "mov", "mkv", "webm", "jpg", "png", "webp", "gif", "pdf")
_FILMS = {"mp4", "mov", "mkv", "webm"}
_PICTURES = {"jpg", "png", "webp", "gif"}
_TELLS_ITS_LENGTH = {"mp4", "mov", "jpg", "png", "webp", "gif"}
"""Of the others a beginning is a file as well."""


def _broken(folder: Path) -> Iterator[Hostile]:
    for end in _WHOLE:
        data = _whole(folder / f"whole.{end}").read_bytes()
        kind = (
            Kind.VIDEO
            if end in _FILMS
            else Kind.IMAGE
            if end in _PICTURES
            else Kind.DOCUMENT
            if end == "pdf"
            else Kind.AUDIO
        )
        for percent in (1, 40, 97):
            cut = data[: max(1, len(data) * percent // 100)]
            yield Hostile(f"cut-{percent}.{end}", kind, cut, may_pass=end not in _TELLS_ITS_LENGTH or percent > 90)
        for seed in range(3):
            yield Hostile(f"mutated-{seed}.{end}", kind, _mutated(data, seed), may_pass=True)


def _whole(path: Path) -> Path:
    end = path.suffix[1:]
    if end == "pdf":
        return makers.document_file(path)
    if end in _PICTURES:
        more = {"pnginfo": PngImagePlugin.PngInfo()} if end == "png" else {}
        return makers.picture(path, (320, 240), **more)
    return makers.film(path, 1) if end in _FILMS else makers.tone(path, 1)


def _mutated(data: bytes, seed: int) -> bytes:
    """The file with forty bits turned; its first bytes stay, or it would be refused by them."""
    made = bytearray(data)
    for number in range(40):
        made[16 + zlib.crc32(struct.pack("<2I", seed, number)) % (len(made) - 16)] ^= 1 << number % 8
    return bytes(made)


def _decoders(folder: Path) -> Iterator[Hostile]:
    """Whole files, for decoders that nobody has chosen: each of FFmpeg's hundreds may have a hole of its own."""
    for codec, name in (("ffv1", "odd.mkv"), ("mpeg2video", "odd.mp4"), ("huffyuv", "odd.mov")):
        path = makers.ffmpeg("-f", "lavfi", "-i", "testsrc=d=0.2", "-c:v", codec, path=folder / f"{codec}-{name}")
        yield Hostile(f"{codec}-{name}", Kind.VIDEO, path.read_bytes())
    for codec, name in (("ac3", "odd.m4a"), ("adpcm_ms", "odd.wav")):
        path = makers.ffmpeg("-f", "lavfi", "-i", "sine=d=0.2", "-c:a", codec, path=folder / f"{codec}-{name}")
        yield Hostile(f"{codec}-{name}", Kind.AUDIO, path.read_bytes())
