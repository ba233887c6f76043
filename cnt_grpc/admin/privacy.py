"""What the admin room knows of a person: shown to them, and dropped when they go."""

from collections.abc import AsyncIterator

from cnt_grpc.admin.queries import applications as queries
from cnt_grpc.admin.queries import drive
from cnt_grpc.admin.rules.applications import forget_papers
from cnt_grpc.admin.rules.drive_parting import part
from cnt_grpc.auth import Holder, Record
from cnt_grpc.kit.db import Tx


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """What they wrote of themselves to become a creator, and what they imported."""
    for row in await tx.all(queries.of_person(), user_id=user_id):
        yield "creator_applications", dict(row)
    account = await tx.one(drive.account(), user_id=user_id)
    if account is not None:
        yield "drive_accounts", {"email": account["email"], "connected_at": account["connected_at"]}
    for row in await tx.all(drive.of_person(), user_id=user_id):
        yield "drive_imports", dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Drop their applications, with the papers of the one that waits, and what we may read of their Drive."""
    for row in await tx.all(queries.of_person(), user_id=user_id):
        await forget_papers(tx, row["id"])
    await tx.run(queries.drop(), user_id=user_id)
    await part(tx, user_id)
    await tx.run(drive.drop(), user_id=user_id)


HOLDER = Holder("admin", export_person, erase_person)
"""Everything that the admin room holds about one person: to be read, and to be dropped."""
