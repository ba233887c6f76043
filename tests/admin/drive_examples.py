"""A valid call of every method of DriveService, for the laws that run over all methods."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from cnt_grpc.admin.drive import Tokens
from cnt_grpc.admin.rules import drive_accounts
from cnt_grpc.kit import clock
from cnt_grpc.pb.cnt.admin.v1.drive_service import SERVICE
from tests.content.given import MOMENT
from tests.harness.examples import Example, Fields, Foreign, Pages
from tests.harness.world import Person, World


async def connect(world: World, who: Person, *, owner: str = "") -> str:
    """Connect this person's Drive, or that of `owner`; whose it is in the stand-in's words."""
    owner = owner or f"drive-{who.id}"
    refresh, access = world.google.drive.connect(owner)
    async with world.db.transaction() as tx:
        tokens = Tokens(access, refresh, clock.now() + timedelta(hours=1))
        await drive_accounts.keep(tx, who.id, f"{owner}@example.com", tokens)
    return owner


async def connected(world: World, who: Person) -> Fields:
    """A Drive."""
    await connect(world, who)
    return {}


async def consented(world: World, who: Person) -> Fields:
    """What Google leads back with to this person."""
    url = world.system.drive_accounts().page(who.id)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    code = f"code-of-{who.id}-{len(world.google.drive.codes)}"
    world.google.drive.codes[code] = asked
    return {"code": code, "state": asked["state"]}


async def file_of(world: World, who: Person) -> str:
    """A file in this person's Drive; nothing that could be played."""
    return world.google.drive.add(await connect(world, who), b"no sermon, and short")


async def one_file(world: World, who: Person) -> Fields:
    """One."""
    return {"file_id": await file_of(world, who)}


async def two_files(world: World, who: Person) -> Fields:
    """Two."""
    return {"file_ids": [await file_of(world, who), await file_of(world, who)]}


async def many_files(world: World, who: Person, number: int) -> Fields:
    """So many in this person's Drive."""
    owner = await connect(world, who)
    for _ in range(number):
        world.google.drive.add(owner, b"no sermon, and short")
    return {}


async def ended(world: World, who: Person) -> int:
    """An import of this person that has come to nothing."""
    async with world.db.transaction() as tx:
        rows = await tx.raw(
            "INSERT INTO drive_imports (user_id, file_id, name, content_type, size, revision, status, error,"
            " created_at, ended_at) VALUES ($1, 'gone', 'sermon.mp3', 'audio/mpeg', 20, '', 'failed',"
            " 'DRIVE_FILE_NOT_FOUND', $2, $2) RETURNING id",
            who.id,
            MOMENT,
        )
    return int(rows[0]["id"])


async def one_import(world: World, who: Person) -> Fields:
    """One."""
    return {"import_id": await ended(world, who)}


async def some_imports(world: World, who: Person) -> Fields:
    """Several, to watch."""
    return {"import_ids": [await ended(world, who)]}


async def many_imports(world: World, who: Person, number: int) -> Fields:
    """So many of one moment."""
    for _ in range(number):
        await ended(world, who)
    return {}


_UNKNOWN = "an-id-that-no-file-has"

EXAMPLES = {
    f"{SERVICE}/GetDriveAuthUrl": Example(role="admin"),
    f"{SERVICE}/FinishDriveSignIn": Example(given=consented, role="admin"),
    f"{SERVICE}/DisconnectDrive": Example(given=connected, role="admin"),
    f"{SERVICE}/GetDrivePickerToken": Example(given=connected, role="admin"),
    f"{SERVICE}/ListDriveFiles": Example(
        given=connected,
        role="admin",
        pages=Pages(many_files, "files", key="file_id"),
        open_ids={"folder_id": "Google knows whose it is, and answers for nobody else"},
    ),
    f"{SERVICE}/ImportDriveFile": Example(
        given=one_file, role="admin", foreign=Foreign("file_id", file_of, "DRIVE_FILE_NOT_FOUND", unknown=_UNKNOWN)
    ),
    f"{SERVICE}/ImportDriveFiles": Example(
        given=two_files,
        role="admin",
        open_ids={
            "file_ids": "each is answered for itself; Google knows whose it is",
            "folder_id": "Google knows whose it is, and answers for nobody else",
        },
    ),
    f"{SERVICE}/ListDriveImports": Example(role="admin", pages=Pages(many_imports, "imports", key="import_id")),
    f"{SERVICE}/WatchDriveImports": Example(
        given=some_imports, role="admin", foreign=Foreign("import_ids", ended, "DRIVE_IMPORT_NOT_FOUND")
    ),
    f"{SERVICE}/CancelDriveImport": Example(
        given=one_import, role="admin", foreign=Foreign("import_id", ended, "DRIVE_IMPORT_NOT_FOUND")
    ),
}
