"""What a file is, told from its first bytes: the name and the declared type of an upload are never believed.

The table holds only what the platform takes. Everything else (playlists, SVG, HTML, archives, executables, and media
that we do not play) is refused, with a name for it where a person is helped by one.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HEAD: Final = 4096
"""Bytes of the start of a file that `sniff` wants to see; fewer only where the file is shorter."""


class Kind(StrEnum):
    """What sort of file it is."""

    AUDIO = "audio"
    VIDEO = "video"
    IMAGE = "image"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file that the platform takes."""

    kind: Kind
    extension: str
    content_type: str
    container: str = ""
    """FFmpeg's name of the demuxer that must read it; "" for what FFmpeg never sees."""


_A, _V, _I = Kind.AUDIO, Kind.VIDEO, Kind.IMAGE

MP3: Final = FileType(_A, "mp3", "audio/mpeg", "mp3")
WAV: Final = FileType(_A, "wav", "audio/wav", "wav")
AUDIO_WEBM: Final = FileType(_A, "webm", "audio/webm", "matroska")
M4A: Final = FileType(_A, "m4a", "audio/mp4", "mov")
AAC: Final = FileType(_A, "aac", "audio/aac", "aac")
FLAC: Final = FileType(_A, "flac", "audio/flac", "flac")
OGG: Final = FileType(_A, "ogg", "audio/ogg", "ogg")
MP4: Final = FileType(_V, "mp4", "video/mp4", "mov")
VIDEO_WEBM: Final = FileType(_V, "webm", "video/webm", "matroska")
MOV: Final = FileType(_V, "mov", "video/quicktime", "mov")
MKV: Final = FileType(_V, "mkv", "video/x-matroska", "matroska")
JPEG: Final = FileType(_I, "jpg", "image/jpeg")
PNG: Final = FileType(_I, "png", "image/png")
WEBP: Final = FileType(_I, "webp", "image/webp")
GIF: Final = FileType(_I, "gif", "image/gif")
PDF: Final = FileType(Kind.DOCUMENT, "pdf", "application/pdf")

TYPES: Final = (MP3, WAV, AUDIO_WEBM, M4A, AAC, FLAC, OGG, MP4, VIDEO_WEBM, MOV, MKV, JPEG, PNG, WEBP, GIF, PDF)


def type_of_key(key: str, kind: Kind | None = None) -> FileType:
    """The type that a key of ours ends in; `kind` tells a webm of sound from a film. Raises ValueError for others."""
    extension = key.rpartition(".")[2]
    for each in TYPES:
        if each.extension == extension and kind in {None, each.kind}:
            return each
    raise ValueError(f"no type of {kind or 'file'} ends in .{extension}")


def is_sound(key: str) -> bool:
    """Whether a key of ours ends like those of sounds."""
    extension = key.rpartition(".")[2]
    return any(each.extension == extension and each.kind is Kind.AUDIO for each in TYPES)


class Unknown(StrEnum):
    """Words for what is refused, where the bytes tell."""

    PLAYLIST = "a playlist"
    MARKUP = "a text in HTML, XML or SVG"
    ARCHIVE = "an archive"
    PROGRAM = "a program"
    OTHER = "of no type that we know"


def sniff(head: bytes, kind: Kind) -> FileType | Unknown | Kind:
    """The type of the file that begins so, if it is one of the wanted kind; else its kind, or what else it seems to be.

    Containers that hold sound as well as pictures (webm, mp4) count as what was asked for; the worker looks inside.
    """
    found = {each.kind: each for each in _candidates(head)}
    if kind in found:
        return found[kind]
    return next(iter(found), None) or _refused(head)


def _candidates(head: bytes) -> tuple[FileType, ...]:
    for prefix, types in _PREFIXES:
        if head.startswith(prefix):
            return types
    return next(filter(None, (look(head) for look in _LOOKS)), ())


def _riff(head: bytes) -> tuple[FileType, ...]:
    if head[:4] not in {b"RIFF", b"RF64"}:
        return ()
    return {b"WAVE": (WAV,), b"WEBP": (WEBP,)}.get(head[8:12], ())


_MP4_BRANDS: Final = {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"MSNV"}
_M4A_BRANDS: Final = {b"M4A ", b"M4B "}
_MOV_ATOMS: Final = {b"moov", b"mdat", b"wide"}


def _iso_media(head: bytes) -> tuple[FileType, ...]:
    """ISO 14496-12 files by their brands, and QuickTime files from before there were brands."""
    atom = head[4:8]
    if atom in _MOV_ATOMS:
        return (MOV,)
    if atom != b"ftyp":
        return ()
    size = min(int.from_bytes(head[:4]), 256)
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if major in _M4A_BRANDS:
        return (M4A,)
    if major == b"qt  ":
        return (MOV,)
    # Phones write brands of their own in front; what counts is that a player of plain MP4 is promised one.
    if major in _MP4_BRANDS or major == b"M4V " or (brands & _MP4_BRANDS and not brands & _STILLS):
        return (MP4, M4A)
    return ()


_STILLS: Final = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"}
"""Pictures in the same container, which we do not take."""


def _matroska(head: bytes) -> tuple[FileType, ...]:
    """EBML files by the DocType of their header (RFC 8794, 11.2)."""
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return ()
    at = head.find(b"\x42\x82", 4, 64)
    if at < 0 or at + 3 > len(head):
        return ()
    length = head[at + 2] & 0x7F
    doctype = head[at + 3 : at + 3 + length].rstrip(b"\0")
    return {b"webm": (VIDEO_WEBM, AUDIO_WEBM), b"matroska": (MKV,)}.get(doctype, ())


def _mpeg_audio(head: bytes) -> tuple[FileType, ...]:
    """MP3 and ADTS AAC, behind any ID3 tags; two frames in a row, since eleven set bits prove little."""
    start = 0
    while head[start : start + 3] == b"ID3" and len(head) >= start + 10:
        tag = head[start + 6 : start + 10]
        size = (tag[0] & 0x7F) << 21 | (tag[1] & 0x7F) << 14 | (tag[2] & 0x7F) << 7 | tag[3] & 0x7F
        start += 10 + size
    if start >= len(head) > HEAD - 1:
        return (MP3,)  # a tag with a picture, longer than what we see; the worker finds out
    for frame_size, file_type in ((_mp3_frame, MP3), (_adts_frame, AAC)):
        size = frame_size(head[start : start + 7])
        following = head[start + size : start + size + 7]
        if size and (frame_size(following) or len(following) < _FRAME_HEADER):
            return (file_type,)
    return ()


_FRAME_HEADER: Final = 7
_MP3_KBITS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MP3_KBITS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_MP3_RATES: Final = (44100, 48000, 32000, 0)


def _mp3_frame(header: bytes) -> int:
    """Bytes of the MPEG audio layer III frame that begins so (ISO 11172-3, 2.4.1.3); 0 when none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:  # noqa: PLR2004  (bit masks of the standard)
        return 0
    version = header[1] >> 3 & 3  # 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5
    first = version == 3  # noqa: PLR2004
    kbits = (_MP3_KBITS_1 if first else _MP3_KBITS_2)[header[2] >> 4]
    rate = _MP3_RATES[header[2] >> 2 & 3] >> (0 if first else 1 if version == 2 else 2)  # noqa: PLR2004
    if version == 1 or not kbits or not rate:
        return 0
    return (144 if first else 72) * kbits * 1000 // rate + (header[2] >> 1 & 1)


def _adts_frame(header: bytes) -> int:
    """Bytes of the ADTS frame that begins so (ISO 13818-7, 6.2); 0 when none does."""
    if len(header) < _FRAME_HEADER or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:  # noqa: PLR2004
        return 0
    length: int = struct.unpack(">I", header[3:7])[0] >> 13 & 0x1FFF
    return length if length > _FRAME_HEADER else 0


_PREFIXES: Final = (
    (b"fLaC", (FLAC,)),
    (b"OggS\0", (OGG,)),
    (b"\xff\xd8\xff", (JPEG,)),
    (b"\x89PNG\r\n\x1a\n", (PNG,)),
    (b"GIF87a", (GIF,)),
    (b"GIF89a", (GIF,)),
    (b"%PDF-1.", (PDF,)),
    (b"%PDF-2.", (PDF,)),
)
_LOOKS: Final[tuple[Callable[[bytes], tuple[FileType, ...]], ...]] = (_riff, _iso_media, _matroska, _mpeg_audio)

_REFUSED: Final = (
    (Unknown.PLAYLIST, (b"#EXTM3U", b"ffconcat", b"[playlist]", b"v=0\r\no=", b"v=0\no=", b"<MPD")),
    (Unknown.ARCHIVE, (b"PK\3\4", b"PK\5", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f")),
    (Unknown.PROGRAM, (b"\x7fELF", b"MZ", b"#!", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\0asm")),
    (Unknown.MARKUP, (b"<",)),
)  # fmt: skip


def _refused(head: bytes) -> Unknown:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for name, prefixes in _REFUSED:
        if text.startswith(prefixes):
            return name
    return Unknown.ARCHIVE if head[257:262] == b"ustar" else Unknown.OTHER
