"""Pictures that we make of a file: where they lie, how they are stored, and their rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnt_grpc.kit.db import Tx
from cnt_grpc.media.examine import Facts, Picture
from cnt_grpc.media.purposes import PRIVATE, THUMBNAILS
from cnt_grpc.media.queries import objects
from cnt_grpc.media.sniff import TYPES, Kind, type_of_key
from cnt_grpc.media.storage import Storage, Written


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture of ours in the store."""

    picture: Picture
    key: str
    content_type: str
    written: Written


def content_type(picture: Picture) -> str:
    """Its type."""
    return type_of_key(f".{picture.extension}", Kind.IMAGE).content_type


async def store(storage: Storage, kind: Kind, key: str, facts: Facts, stills: str = "") -> tuple[StoredPicture, ...]:
    """Store the pictures made of the file under this key, but for the one that is the file itself; see `place`."""
    stored = []
    for each in facts.pictures:
        if each.name:
            where, its_type = place(kind, key, each.name, each.extension, stills), content_type(each)
            stored.append(StoredPicture(each, where, its_type, await storage.put(where, each.file, its_type)))
    return tuple(stored)


def thumbnail_key(stored: Sequence[StoredPicture]) -> str | None:
    """The one that lists show."""
    return next((each.key for each in stored if each.picture.name == "thumbnail"), None)


async def add(tx: Tx, media_id: int, stored: Sequence[StoredPicture]) -> None:
    """Write what was made of a file; what it had by the same name is replaced."""
    rows = [
        {
            "media": media_id,
            "name": each.picture.name,
            "key": each.key,
            "content_type": each.content_type,
            "size": each.written.size,
            "sha256": each.written.sha256,
            "width": each.picture.width,
            "height": each.picture.height,
        }
        for each in stored
    ]
    await tx.many(objects.add_variant(), rows)


def place(kind: Kind, key: str, name: str, extension: str, stills: str = "") -> str:
    """Where the picture of this name lies: beside the file itself, but stills of films have a folder of their own.

    `stills` is that folder for films that were uploaded for a purpose with its own.

    The same at each run of a job, so that a run that was killed leaves nothing that the next one does not replace.
    """
    folder, _, file = key.rpartition("/")
    stem = file.partition(".")[0]
    if kind is Kind.VIDEO and not key.startswith(PRIVATE):
        return f"{stills or THUMBNAILS}/{stem}.{extension}"
    return f"{folder}/{stem}-{name}.{extension}"


def possible(key: str) -> list[str]:
    """Where pictures of the file under this key may lie, for removing what a run that died has left."""
    kind = next((each.kind for each in TYPES if each.extension == key.rpartition(".")[2]), Kind.VIDEO)
    names, extensions = ("thumbnail", "medium"), ("jpg", "png", "webp")
    return [place(kind, key, name, extension) for name in names for extension in extensions]
