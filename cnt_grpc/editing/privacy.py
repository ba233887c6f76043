"""What the editing room knows of a person: shown to them, and dropped when they go."""

from collections.abc import AsyncIterator

from google.protobuf import json_format

from cnt_grpc import media
from cnt_grpc.auth import Holder, Record
from cnt_grpc.editing.messages import plans
from cnt_grpc.editing.queries import privacy as queries
from cnt_grpc.editing.rules.edits import ref_of_edit, ref_of_version
from cnt_grpc.editing.rules.sources import ROOM
from cnt_grpc.kit.db import Tx


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """All edits with what was asked for, and the versions that they made."""
    for row in await tx.all(queries.edits_of(), user_id=user_id):
        plan = json_format.MessageToDict(plans.unpacked(row["plan"]), preserving_proto_field_name=True)
        yield "edits", {**row, "plan": plan}
    for row in await tx.all(queries.versions_of(), user_id=user_id):
        yield "edit_versions", dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Drop all of it, and let the files go."""
    edits = await tx.all(queries.edits_of(), user_id=user_id)
    refs = [ref_of_edit(row["id"]) for row in edits]
    refs += [ref_of_version(row["media_id"]) for row in await tx.all(queries.versions_of(), user_id=user_id)]
    await tx.run(queries.drop_histories(), user_id=user_id)
    for row in edits:
        if row["stored_key"] is not None:
            await media.abandon(tx, row["stored_key"])
    for ref in refs:
        await media.release(tx, ROOM, ref)


HOLDER = Holder("editing", export_person, erase_person)
