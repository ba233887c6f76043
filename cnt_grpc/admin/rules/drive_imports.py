"""What administrators may do with imports from their Google Drives: look, begin, follow, call off."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from cnt_grpc import media, moderation
from cnt_grpc.admin.drive import DriveFile
from cnt_grpc.admin.queries import drive as queries
from cnt_grpc.admin.rules.drive_accounts import DriveAccounts
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import AppError, Invalid, NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.admin.v1.reason import Reason
from cnt_grpc.pb.cnt.media.v1.reason import Reason as MediaReason

MOST: Final = 100
"""Files of one call."""
_AT_ONCE: Final = 8
"""Questions to Drive at a time, of one call."""

_OF_ONE_FILE: Final = frozenset({Reason.DRIVE_FILE_NOT_FOUND, Reason.DRIVE_FILE_REFUSED})
"""What Drive says of a file and not of the account: the other files of a call are asked for all the same."""
_LASTING: Final = (
    MediaReason.MEDIA_TYPE_REFUSED,
    MediaReason.UPLOAD_EMPTY,
    MediaReason.FILE_TOO_LARGE,
    Reason.DRIVE_FILE_REFUSED,
)
"""Why an import fails again as long as the file stays as it is."""

Enqueue = Callable[[Tx, int, int], Awaitable[int]]
"""Has an import (the second is its id, the third its owner) copied by a job, whose id it gives."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a folder's import has begun."""

    rows: Sequence[Row]
    more: bool
    """The folder has files that these are not."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A file of a call, or why there is none."""

    file: DriveFile
    refusal: AppError | None = None


@dataclass(frozen=True, slots=True)
class DriveImports:
    """Imports from the Drives of administrators."""

    accounts: DriveAccounts
    enqueue: Enqueue
    limits: media.Limits

    async def files(self, caller: Caller, folder: str, words: str, page: Page) -> tuple[Sequence[DriveFile], str]:
        """A page of the caller's Drive; raises NotFound, Precondition and Unavailable."""
        after = str(page.after[0]) if page.after else ""
        drive = self.accounts.drive

        async def ask(access: str) -> tuple[Sequence[DriveFile], str]:
            return await drive.files(access, folder=folder, words=words, limit=page.size, after=after)

        found, following = await self.accounts.ask(caller.user_id, ask)
        return found, page.token_of(following) if following else ""

    async def begin(self, caller: Caller, file_id: str) -> Row:
        """Begin to import a file; raises NotFound, Invalid, Precondition and Unavailable."""
        file = await self.accounts.ask(caller.user_id, partial(self._file, file_id))
        refusal = refusal_of(file, self.limits)
        if refusal is not None:
            raise refusal
        [row] = await self._write(caller, [_Found(file)])
        return row

    async def begin_all(self, caller: Caller, file_ids: Sequence[str]) -> Sequence[Row]:
        """Begin to import these files, each for itself; raises Precondition and Unavailable."""
        await self.accounts.tokens(caller.user_id)
        turns = asyncio.Semaphore(_AT_ONCE)

        async def find(file_id: str) -> _Found:
            async with turns:
                try:
                    file = await self.accounts.ask(caller.user_id, partial(self._file, file_id))
                except (NotFound, Precondition) as refusal:
                    if refusal.reason not in _OF_ONE_FILE:
                        raise
                    return _Found(DriveFile(file_id, "", ""), refusal)
            return _Found(file, refusal_of(file, self.limits))

        return await self._write(caller, await asyncio.gather(*map(find, file_ids)))

    async def begin_folder(self, caller: Caller, folder: str) -> Begun:
        """Begin to import the first files of a folder that were not imported yet; raises like `files`.

        What we do not take is left out once it was refused: a hundred of such files would hide all others for ever.
        """
        found: list[DriveFile] = []
        after = ""
        while True:
            ask = partial(self._page_of, folder, after)
            page, after = await self.accounts.ask(caller.user_id, ask)
            files = [each for each in page if not each.is_folder]
            async with self.accounts.db.reading() as tx:
                ids = [each.file_id for each in files]
                tried = await tx.all(queries.known(), user_id=caller.user_id, file_ids=ids, lasting=list(_LASTING))
            taken = {row["file_id"] for row in tried if row["status"] != "failed"}
            refused = {(row["file_id"], row["revision"]) for row in tried if row["status"] == "failed"}
            found += [
                each for each in files if each.file_id not in taken and (each.file_id, each.revision) not in refused
            ]
            if not after or len(found) > MOST:
                break
        rows = await self._write(caller, [_Found(each, refusal_of(each, self.limits)) for each in found[:MOST]])
        return Begun(rows, more=len(found) > MOST or bool(after))

    async def _file(self, file_id: str, access: str) -> DriveFile:
        return await self.accounts.drive.file(access, file_id)

    async def _page_of(self, folder: str, after: str, access: str) -> tuple[Sequence[DriveFile], str]:
        return await self.accounts.drive.files(access, folder=folder, words="", limit=MOST, after=after)

    async def _write(self, caller: Caller, found: Sequence[_Found]) -> Sequence[Row]:
        async def write(tx: Tx) -> Sequence[Row]:
            # In one order for all, so that two calls with the same files wait for each other and not in a circle.
            ordered = sorted(found, key=lambda each: each.file.file_id)
            ids = {each.file.file_id: await self._add(tx, caller, each) for each in ordered}
            by_id = {row["id"]: row for row in await several(tx, caller.user_id, list(ids.values()))}
            return [by_id[ids[each.file.file_id]] for each in found]

        return await self.accounts.db.transact(write)

    async def _add(self, tx: Tx, caller: Caller, found: _Found) -> int:
        """The id of a new import, or of the one of this file that is under way."""
        file, refusal, now = found.file, found.refusal, clock.now()
        values = {
            "user_id": caller.user_id,
            "file_id": file.file_id,
            "name": file.name,
            "content_type": file.content_type,
            "size": file.size,
            "revision": file.revision,
            "status": "failed" if refusal else "waiting",
            "error": str(refusal.reason) if refusal else "",
            "error_message": refusal.message if refusal else "",
            "now": now,
            "ended_at": now if refusal else None,
        }
        import_id: int | None = await tx.value(queries.add(), **values)
        while import_id is None:
            running: int | None = await tx.value(queries.running_of(), user_id=caller.user_id, file_id=file.file_id)
            if running is not None and not await _end_lost(tx, caller.user_id, running):
                return running
            import_id = await tx.value(queries.add(), **values)
        if refusal is None:
            job_id = await self.enqueue(tx, import_id, caller.user_id)
            await tx.run(queries.set_job(), import_id=import_id, job_id=job_id)
            facts = {"file_id": file.file_id, "name": file.name, "size": file.size}
            moderation.record(tx, moderation.Act(caller.user_id, "import", "drive_import", import_id, {}, facts))
        return import_id


def refusal_of(file: DriveFile, limits: media.Limits) -> AppError | None:
    """Why a file cannot be imported, as far as Drive's words tell; None when it may be tried."""
    purpose = None if file.is_folder else media.purpose_of_type(file.content_type)
    if purpose is None:
        return Invalid(MediaReason.MEDIA_TYPE_REFUSED, f"{file.content_type} is nothing that we take")
    if file.size <= 0:
        return Invalid(MediaReason.UPLOAD_EMPTY)
    if file.size > limits.bytes_of[purpose.kind]:
        return media.too_large(purpose.kind, limits.bytes_of[purpose.kind])
    if not file.may_download:
        return Precondition(Reason.DRIVE_FILE_REFUSED)
    return None


async def listed(tx: Tx, caller: Caller, page: Page) -> tuple[Sequence[Row], str]:
    """A page of the caller's imports, and the token of the next one."""
    rows = await tx.all(queries.imports(page.limit, after=not page.is_first), user_id=caller.user_id, **page.params)
    return page.cut(rows, key=lambda row: (row["created_at"], row["id"]))


async def several(tx: Tx, user_id: int, import_ids: Sequence[int]) -> Sequence[Row]:
    """Imports of somebody's own, by id; those that are not theirs are left out."""
    return await tx.all(queries.several(), user_id=user_id, import_ids=list(import_ids))


async def watched(db: Database, caller: Caller, import_ids: Sequence[int]) -> Sequence[Row]:
    """The same; raises NotFound when one of them is not the caller's."""
    async with db.reading() as tx:
        rows = await several(tx, caller.user_id, import_ids)
    if len(rows) < len(import_ids):
        raise NotFound(Reason.DRIVE_IMPORT_NOT_FOUND)
    return rows


async def cancel(tx: Tx, caller: Caller, import_id: int) -> Row:
    """Call an import off; raises NotFound."""
    row = await tx.one(queries.own(), user_id=caller.user_id, import_id=import_id)
    if row is None:
        raise NotFound(Reason.DRIVE_IMPORT_NOT_FOUND)
    ended = {"status": "cancelled", "error": "", "error_message": "", "now": clock.now()}
    if await tx.value(queries.set_ended(), import_id=import_id, **ended) is not None:
        if row["job_id"] is not None:
            await jobs.cancel(tx, row["job_id"])
        act = moderation.Act(caller.user_id, "cancel", "drive_import", import_id, {}, {"file_id": row["file_id"]})
        moderation.record(tx, act)
    row = await tx.one(queries.own(), user_id=caller.user_id, import_id=import_id)
    assert row is not None, "it was there a moment ago"
    return row


async def _end_lost(tx: Tx, user_id: int, import_id: int) -> bool:
    """Write down that an import has failed whose job will not go on with it; whether it was so."""
    row = await tx.one(queries.own(), user_id=user_id, import_id=import_id)
    if row is not None and row["shown_status"] != "failed":
        return False
    lost = {"status": "failed", "error": "", "error_message": "it was given up", "now": clock.now()}
    await tx.run(queries.set_ended(), import_id=import_id, **lost)
    return True
