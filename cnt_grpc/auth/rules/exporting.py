"""Everything that is held about a person, as one file: asked for, gathered from every room, kept for a week."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TextIO
from uuid import UUID

from cnt_grpc.auth import jobs as own_jobs
from cnt_grpc.auth.personal_data import Holder
from cnt_grpc.auth.queries import exports as queries
from cnt_grpc.auth.vault import Vault
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

KEPT = timedelta(days=7)
"""A file that holds a whole life must not lie around."""

COMPLETE = 100


class ExportState(StrEnum):
    """How far an export is."""

    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Export:
    """A person's export."""

    state: ExportState
    progress: int
    requested_at: datetime
    file: str = ""
    """By which the vault knows it, once it is ready."""
    size: int = 0
    ready_at: datetime | None = None

    @property
    def expires_at(self) -> datetime | None:
        """When it is removed."""
        return self.ready_at + KEPT if self.ready_at else None


async def request(tx: Tx, vault: Vault, user_id: int) -> Export:
    """Have a new export made, which replaces the one before; while one is being made, it is that."""
    found = await queries.locked_export(tx, user_id)
    if found is not None:
        export = await _state(tx, found)
        if export.state is ExportState.PREPARING:
            return export
        if found["file"] is not None:
            await vault.drop(tx, found["file"])
    now = clock.now()
    await queries.put_export(tx, user_id, await own_jobs.export_person(tx, user_id), now)
    return Export(ExportState.PREPARING, 0, now)


async def find(tx: Tx, user_id: int) -> Export:
    """The person's export; raises NotFound when there is none."""
    export = await _find(tx, user_id)
    # Its job may have ended well between the two statements that ask for both: then the file is there by now.
    return await _find(tx, user_id) if export.state is ExportState.FAILED else export


async def _find(tx: Tx, user_id: int) -> Export:
    found = await queries.find_export(tx, user_id)
    if found is None or (found["ready_at"] is not None and found["ready_at"] + KEPT <= clock.now()):
        raise NotFound(Reason.EXPORT_NOT_FOUND)
    return await _state(tx, found)


async def gather(tx: Tx, holders: Sequence[Holder], user_id: int, to: Path) -> None:
    """Write what every room holds into a JSON document, record by record, so that memory does not grow with it."""
    with to.open("w", encoding="utf-8") as file:
        file.write(f'{{"user_id": {user_id}, "made_at": "{clock.now().isoformat()}", "rooms": {{')
        for at, holder in enumerate(holders):
            file.write(f"{',' if at else ''}\n{json.dumps(holder.room)}: {{")
            await _write_room(tx, holder, user_id, file)
            file.write("}")
        file.write("}}\n")


async def drop_old(tx: Tx, vault: Vault) -> int:
    """Remove exports that are past their time, a bounded number; how many that were."""
    files = await queries.drop_exports(tx, clock.now() - KEPT)
    for file in files:
        await vault.drop(tx, file)
    return len(files)


async def _write_room(tx: Tx, holder: Holder, user_id: int, file: TextIO) -> None:
    current = ""
    async for kind, record in holder.export(tx, user_id):
        if kind == current:
            file.write(",\n")
        else:
            file.write(f"{'],' if current else ''}\n{json.dumps(kind)}: [\n")
            current = kind
        file.write(json.dumps(record, ensure_ascii=False, default=_plain))
    if current:
        file.write("]")


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case _:
            raise TypeError(f"an export cannot hold {type(value).__name__}")


async def _state(tx: Tx, found: Row) -> Export:
    requested_at: datetime = found["requested_at"]
    if found["ready_at"] is not None:
        return Export(ExportState.READY, COMPLETE, requested_at, found["file"], found["size"], found["ready_at"])
    job = await jobs.find(tx, found["job_id"])
    # A job that is purged without a file has failed long ago.
    if job is None or jobs.State(job["state"]).is_final:
        return Export(ExportState.FAILED, 0, requested_at)
    return Export(ExportState.PREPARING, job["progress"], requested_at)
