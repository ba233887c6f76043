"""Make the emoji font anew from its npm package: `python -m tools.emoji_font package.tgz`.

No package for Python was found to carry a font of coloured emoji with its licence, so ours is a file beside the
renderer. It is Noto Color Emoji, unchanged but for its form: unpacked from WOFF2, and without the table of SVG
drawings, which the renderer does not read and which is four fifths of it. The package is what
`npm pack @fontsource/noto-color-emoji@5.3.2` downloads; its SHA-256 is checked.
"""

import hashlib
import io
import sys
import tarfile
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

from cnt_grpc.kit import lettering

SHA256: Final = "1bd31f2fb1616c9da2892e385ff9a95a446cecbc045e1354e6b8a64389f77b96"
FONT: Final = "package/files/noto-color-emoji-emoji-400-normal.woff2"
LICENCE: Final = "package/LICENSE"


def main() -> None:
    """Write the font and its licence."""
    if len(sys.argv) != 2:  # noqa: PLR2004 # the name, and the package
        sys.exit(__doc__)
    package = Path(sys.argv[1]).read_bytes()
    if hashlib.sha256(package).hexdigest() != SHA256:
        sys.exit("this is another package than the one that the font was made from")
    folder = Path(lettering.__file__).parent / "fonts"
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        font = TTFont(io.BytesIO(_read(archive, FONT)), recalcTimestamp=False)
        (folder / "OFL.txt").write_bytes(_read(archive, LICENCE))
    for table in ("SVG ", "vhea", "vmtx"):
        del font[table]
    font.flavor = None
    font.save(folder / "NotoColorEmoji.ttf")


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        sys.exit(f"the package has no {name}")
    return file.read()


if __name__ == "__main__":
    main()
