"""A file is what its bytes say."""

from pathlib import Path

import pytest

from cnt_grpc.media.sniff import HEAD, FileType, Kind, Unknown, sniff
from tests.media import makers

SOUNDS = {
    "a.mp3": "audio/mpeg",
    "bare.mp3": "audio/mpeg",
    "slow.mp3": "audio/mpeg",
    "a.wav": "audio/wav",
    "a.m4a": "audio/mp4",
    "a.mp4": "audio/mp4",
    "a.aac": "audio/aac",
    "a.flac": "audio/flac",
    "a.ogg": "audio/ogg",
    "a.webm": "audio/webm",
}
OPTIONS = {
    "bare.mp3": ("-write_xing", "0", "-id3v2_version", "0"),
    "slow.mp3": ("-ar", "16000", "-ac", "1", "-b:a", "32k", "-id3v2_version", "0"),
    "a.mp4": ("-c:a", "aac"),
    "a.webm": ("-c:a", "libopus"),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds(name: str, tmp_path: Path) -> None:
    path = makers.tone(tmp_path / name, 0.3, *OPTIONS.get(name, ()))
    assert content_type(path, Kind.AUDIO) == SOUNDS[name]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.mp4", "video/mp4"), ("a.mov", "video/quicktime"), ("a.mkv", "video/x-matroska"), ("a.webm", "video/webm")],
)
def test_films(name: str, expected: str, tmp_path: Path) -> None:
    path = makers.film(tmp_path / name, 0.3)
    assert content_type(path, Kind.VIDEO) == expected
    assert sniff(head(path), Kind.IMAGE) is Kind.VIDEO


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.jpg", "image/jpeg"), ("a.png", "image/png"), ("a.webp", "image/webp"), ("a.gif", "image/gif")],
)
def test_pictures(name: str, expected: str, tmp_path: Path) -> None:
    path = makers.picture(tmp_path / name)
    assert content_type(path, Kind.IMAGE) == expected
    assert sniff(head(path), Kind.AUDIO) is Kind.IMAGE


def test_documents() -> None:
    found = sniff(b"%PDF-1.7\n", Kind.DOCUMENT)
    assert isinstance(found, FileType)
    assert found.content_type == "application/pdf"


def test_sound_behind_a_large_picture_in_a_tag(tmp_path: Path) -> None:
    sound = makers.tone(tmp_path / "a.mp3", 0.3, "-id3v2_version", "0").read_bytes()
    tag = b"ID3\4\0\0\0\0\x7f\x7f" + b"\0" * (0x7F * 128 + 0x7F)
    assert sniff((tag + sound)[:HEAD], Kind.AUDIO) == sniff(sound[:HEAD], Kind.AUDIO)
    short_tag = b"ID3\4\0\0\0\0\0\x0a" + b"\0" * 10
    assert sniff((short_tag + sound)[:HEAD], Kind.AUDIO) == sniff(sound[:HEAD], Kind.AUDIO)
    assert sniff(short_tag + b"<html>" * 100, Kind.AUDIO) is Unknown.OTHER


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", Unknown.PLAYLIST),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", Unknown.PLAYLIST),
        (b'<?xml version="1.0"?><MPD/>', Unknown.MARKUP),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n", Unknown.PLAYLIST),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', Unknown.MARKUP),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><script>", Unknown.MARKUP),
        (b"PK\3\4" + b"\0" * 40, Unknown.ARCHIVE),
        (b"\0" * 257 + b"ustar\0", Unknown.ARCHIVE),
        (b"\x7fELF\2\1\1", Unknown.PROGRAM),
        (b"#!/bin/sh\n", Unknown.PROGRAM),
        (b"MZ\x90\0", Unknown.PROGRAM),
        (b"\0\0\0\x20ftypheic\0\0\0\0mif1heic", Unknown.OTHER),
        (b"RIFF\0\0\0\0AVI LIST", Unknown.OTHER),
        (b"\xff\xff\xff\xff" * 200, Unknown.OTHER),
        (b"\xff\xfb\x90\x00" + b"\0" * 1000, Unknown.OTHER),
        (b"GIF8", Unknown.OTHER),
        (b"x", Unknown.OTHER),
    ],
)
def test_everything_else_is_refused(data: bytes, expected: Unknown, kind: Kind) -> None:
    assert sniff(data, kind) is expected


def head(path: Path) -> bytes:
    return path.read_bytes()[:HEAD]


def content_type(path: Path, kind: Kind) -> str:
    found = sniff(head(path), kind)
    assert isinstance(found, FileType), found
    assert found.kind is kind
    return found.content_type
