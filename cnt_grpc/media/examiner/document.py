"""Examine one PDF, in a process of its own that may die of it. Run as a script; imports none of ours.

The request comes as JSON on stdin (path, thumbnail), the answer goes as JSON to stdout: facts, or {"refused": why}.
Anything else, a crash or silence, means that the file broke the reader. Nothing in a PDF is run: this build of PDFium
knows neither scripts nor XFA.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import signal
import sys
from pathlib import Path
from typing import Any, Final, NoReturn

import pypdfium2
from PIL import Image

THUMBNAIL: Final = 640
"""Pixels of the longer side."""
LARGEST: Final = 14_400
"""Points of the longer side of a page: 200 inches, the most that PDF 1.7 allows (ISO 32000-1, annex C)."""


def main() -> None:
    """Answer the one request."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: not to outlive the worker
    request = json.load(sys.stdin)
    try:
        answer = examine(Path(request["path"]), Path(request["thumbnail"]))
    except pypdfium2.PdfiumError:
        _refuse("it cannot be read: it is damaged, locked, or no PDF")
    json.dump(answer, sys.stdout)


def examine(path: Path, thumbnail: Path) -> dict[str, Any]:
    """The size in pixels of the picture of the first page, which is drawn."""
    with pypdfium2.PdfDocument(path) as document:
        if len(document) == 0:
            _refuse("it has no pages")
        page = document[0]
        longer = max(page.get_size())
        if not 0 < longer <= LARGEST:
            _refuse("its first page has no size that makes sense")
        picture: Image.Image = page.render(scale=THUMBNAIL / longer).to_pil()
        picture.convert("RGB").save(thumbnail, "JPEG", quality=82, optimize=True)
        return {"width": picture.width, "height": picture.height}


def _refuse(why: str) -> NoReturn:
    json.dump({"refused": why}, sys.stdout)
    sys.stdout.flush()
    raise SystemExit(0)


if __name__ == "__main__":
    main()
