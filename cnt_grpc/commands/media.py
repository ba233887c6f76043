"""`cnt-grpc media …`: rows against objects, a folder into the store, thumbnails that are missing."""

from pathlib import Path

from cnt_grpc import app
from cnt_grpc.commands.progress import counted
from cnt_grpc.media import Filling, Inspection, Mender, TooMuchError
from cnt_grpc.refusal import Refusal
from cnt_grpc.settings import Settings


async def check(settings: Settings, *, mend: bool = False) -> bool:
    """Print what differs between table and store, and mend it if wanted; whether nothing does (any more)."""
    number = 0
    async with app.opened(settings) as system:
        inspection = Inspection(system.db, system.storage, system.limits)
        async for each in inspection.differences():
            print(f"{each.what}: {each.key}")
            number += 1
        print(f"{await inspection.number_of_rows()} files and pictures looked at")
        if not mend or not number:
            return not number
        try:
            mended = await Mender(system.storage, system.limits).mend_all(system.db)
        except TooMuchError as error:
            raise Refusal(f"Nothing was mended: {error}. Is this the right store, the right database?") from None
        print(f"{len(mended)} mended")
        return not [each async for each in inspection.differences()]


def folder_of(text: str) -> Path:
    """The folder that was named; Refusal when it is none."""
    folder = Path(text)
    if not folder.is_dir():
        raise Refusal(f"{folder} is no folder.")
    return folder


async def upload_folder(settings: Settings, folder: Path, owner: int, *, dry: bool) -> bool:
    """Store every file below the folder that the platform takes; whether none was refused.

    A run that was broken off goes on where it stopped: what the owner has already is not stored twice.
    """
    well = True
    async with app.opened(settings) as system:
        filling = Filling(system.db, system.storage, system.limits)
        for path, purpose in counted(filling.uploadable(folder)):
            outcome = await filling.upload(owner, path, purpose, dry=dry)
            print(f"{path.relative_to(folder)}: {outcome}")
            well &= not outcome.startswith("refused")
    return well


async def thumbnails(settings: Settings, *, dry: bool) -> bool:
    """Make the thumbnails that films lack; whether all could be made. May be broken off and repeated."""
    well = True
    async with app.opened(settings) as system:
        inspection = Inspection(system.db, system.storage, system.limits)
        for media_id in counted(await inspection.without_thumbnail()):
            outcome = "would be made" if dry else await inspection.make_thumbnail(media_id)
            print(f"{media_id}: {outcome}")
            well &= not outcome.startswith("none")
    return well
