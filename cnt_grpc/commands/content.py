"""`cnt-grpc content …`: podcasts of sounds that lie in the store already."""

from cnt_grpc import app
from cnt_grpc.commands.progress import counted
from cnt_grpc.content import AudioImport
from cnt_grpc.settings import Settings


async def import_audio(settings: Settings, prefix: str, owner: int, *, approved: bool, dry: bool) -> bool:
    """Make a podcast of every sound below the prefix; whether none was refused.

    A run that was broken off goes on where it stopped: what is a podcast already is passed over.
    """
    well = True
    async with app.opened(settings) as system:
        importing = AudioImport(system.db, system.workshop)
        for key in counted(await importing.keys(prefix)):
            outcome = await importing.take(key, owner, approved=approved, dry=dry)
            print(f"{key}: {outcome}")
            well &= not outcome.startswith("refused")
    return well
