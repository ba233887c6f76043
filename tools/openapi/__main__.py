"""Writes the document: `python -m tools.openapi IMAGE INTO`, where IMAGE is the contract with its comments."""

import sys
from pathlib import Path

from tools.openapi.document import document, text


def main(image: str, into: str) -> None:
    """Read, make, write. Raises ValueError when the contract says something that the document cannot."""
    place = Path(into)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text(document(Path(image).read_bytes())), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
