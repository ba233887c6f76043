"""The twelve pictures that come with the platform, for podcasts and films that have none of their own.

They are files beside this module, drawn by tools/draw_templates.py, and are put into the store by `seed`.
"""

import asyncio
from pathlib import Path
from typing import Final

from PIL import Image

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database
from cnt_grpc.media.queries import objects
from cnt_grpc.media.sniff import JPEG
from cnt_grpc.media.storage import Storage

NUMBER: Final = 12
KEYS: Final = tuple(f"images/thumbnails/default/{number}.jpg" for number in range(1, NUMBER + 1))

_FOLDER: Final = Path(__file__).parent / "pictures"


async def seed(db: Database, storage: Storage) -> None:
    """Put the pictures into the store, where they are not there yet; may be repeated."""
    for key in KEYS:
        path = _FOLDER / key.rpartition("/")[2]
        written = await storage.put(key, path, JPEG.content_type)
        width, height = await asyncio.to_thread(_size, path)
        values = {"size": written.size, "sha256": written.sha256, "width": width, "height": height}

        async with db.transaction() as tx:
            await tx.run(
                objects.add_default_picture(), key=key, content_type=JPEG.content_type, now=clock.now(), **values
            )


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size
