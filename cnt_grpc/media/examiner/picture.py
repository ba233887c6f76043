"""Draw one picture anew, in a process of its own that may die of it. Run as a script; imports none of ours.

The request comes as JSON on stdin (path, format, pixels, folder), the answer goes as JSON to stdout: the files that
were made in the folder, or {"refused": why}. Only pixels survive: place and camera (EXIF), comments, and whatever else
was hidden in or behind the picture stay in the file that is thrown away.
"""

import contextlib
import ctypes
import io
import json
import signal
import sys
import warnings
from pathlib import Path
from typing import Any, Final, NoReturn

from PIL import Image, ImageCms, ImageFile, ImageOps, ImageSequence

VARIANTS: Final = (("thumbnail", 480), ("medium", 1280))
"""Names, and pixels of the longer side."""
MOST_FRAMES: Final = 600
FRAMES_PIXELS: Final = 4
"""All frames of a moving picture together may have this many times the pixels of the largest still one."""
QUALITY: Final = 88
MOST_OF_A_BYTE: Final = {"JPEG": 1024, "GIF": 2731, "WEBP": 10_000}
"""Pixels that one byte of a file can stand for, where its format packs them as tightly as it can."""
DEFLATED: Final = 1032
"""Bytes that one byte of a PNG can stand for."""


def main() -> None:
    """Answer the one request."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: not to outlive the worker
    request = json.load(sys.stdin)
    warnings.simplefilter("error")  # Pillow only warns of a picture that unfolds to gigabytes
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        files = draw(Path(request["path"]), request["format"], request["pixels"], Path(request["folder"]))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _refuse(f"it has more than {request['pixels'] // 1_000_000} million pixels")
    except (OSError, SyntaxError, ValueError, EOFError, ArithmeticError, IndexError, TypeError, Warning):
        # Pillow's readers raise whatever a broken field leads to.
        _refuse("it cannot be read: it is damaged or not what it seems")
    json.dump({"files": files}, sys.stdout)


def draw(path: Path, format_name: str, pixels: int, folder: Path) -> list[dict[str, Any]]:
    """Write the picture and its variants; the first of the answered files is the picture itself."""
    Image.MAX_IMAGE_PIXELS = None  # opening reads no pixel: what is too large is told apart below
    with Image.open(path, formats=[format_name]) as source:
        Image.MAX_IMAGE_PIXELS = pixels
        if source.width * source.height > pixels:
            if not _may_be_so_large(source, format_name, path.stat().st_size):
                raise ValueError("the header lies")
            _refuse(f"it has more than {pixels // 1_000_000} million pixels", most_pixels=pixels)
        frames = getattr(source, "n_frames", 1) if format_name in {"GIF", "WEBP"} else 1
        if frames > MOST_FRAMES or frames * source.width * source.height > FRAMES_PIXELS * pixels:
            _refuse("it moves for too long")
        made = [_moving(source, format_name, folder) if frames > 1 else _still(source, format_name, folder)]
        source.seek(0)
        upright = _upright(source)
    for name, side in VARIANTS:
        if max(upright.size) > side or name == "thumbnail":
            small = upright.copy()
            small.thumbnail((side, side), Image.Resampling.LANCZOS)
            kind = "WEBP" if "A" in small.getbands() else "JPEG"
            made.append(_save(small, kind, folder / name, name))
    return made


def _may_be_so_large(source: Image.Image, format_name: str, size: int) -> bool:
    """Whether a file of so many bytes can hold the pixels that its header says; none of them is unpacked for that."""
    if format_name == "PNG":
        bands = len(source.getbands())
        most = DEFLATED * 8 if bands == 1 else DEFLATED // bands  # one band may have a single bit of a pixel
    else:
        most = MOST_OF_A_BYTE[format_name]
    return source.width * source.height <= size * most


def _still(source: Image.Image, format_name: str, folder: Path) -> dict[str, Any]:
    picture = _upright(source)
    if format_name == "GIF":
        picture = picture.convert("P", palette=Image.Palette.ADAPTIVE) if picture.mode == "RGB" else picture
    return _save(picture, format_name, folder / "picture", "")


def _moving(source: Image.Image, format_name: str, folder: Path) -> dict[str, Any]:
    frames, lengths = [], []
    for frame in ImageSequence.Iterator(source):
        frames.append(frame.convert("RGBA"))
        lengths.append(max(20, int(frame.info.get("duration") or 100)))
    options: dict[str, Any] = {"save_all": True, "append_images": frames[1:], "duration": lengths}
    if "loop" in source.info:
        options["loop"] = source.info["loop"]
    if format_name == "GIF":
        options["disposal"] = 2  # each frame is whole: the next one starts from nothing
    return _save(frames[0], format_name, folder / "picture", "", **options)


def _upright(source: Image.Image) -> Image.Image:
    """The pixels as they are meant to be seen: turned as the camera was held, in the colours that screens assume."""
    picture = ImageOps.exif_transpose(source)
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    picture = _srgb(picture, picture.info.get("icc_profile")).convert("RGBA" if has_alpha else "RGB")
    # What is known of the picture besides its pixels is left behind.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    return clean


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or picture.mode not in {"RGB", "RGBA", "L", "CMYK"}:
        return picture
    try:
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a broken profile: the colours are as good as the file allows
    return converted if converted is not None else picture


def _save(picture: Image.Image, format_name: str, path: Path, name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    if format_name == "JPEG":
        picture = picture.convert("RGB")
        more |= {"quality": QUALITY, "optimize": True, "progressive": True}
    elif format_name == "WEBP":
        more |= {"quality": QUALITY}
    picture.save(path, format_name, **more)
    return {"name": name, "file": path.name, "format": format_name, "width": picture.width, "height": picture.height}


def _refuse(why: str, **more: int) -> NoReturn:
    json.dump({"refused": why, **more}, sys.stdout)
    sys.stdout.flush()
    raise SystemExit(0)


if __name__ == "__main__":
    main()
