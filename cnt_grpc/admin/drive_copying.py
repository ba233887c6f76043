"""How a file of Google Drive becomes one of ours: in as many goes as the way there breaks, each from where it stood.

What has come lies in an upload in several goes of the media room, which knows after a crash how much that is. A worker
that dies, a connection that breaks and a token that ends cost what was under way at that moment, and nothing before it.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import structlog

from cnt_grpc import auth, media
from cnt_grpc.admin.drive import DriveFile
from cnt_grpc.admin.drive_http import TokenEndedError
from cnt_grpc.admin.queries import drive as queries
from cnt_grpc.admin.rules.drive_accounts import DriveAccounts
from cnt_grpc.admin.rules.drive_imports import refusal_of
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import AppError, Changed, Denied, NotFound, Precondition, Unavailable
from cnt_grpc.kit.jobs import Run
from cnt_grpc.kit.rpc.multipart import file_name
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.media.v1.reason import Reason as MediaReason

CUTS: Final = 5
"""Goes in a row that bring nothing, after which the job rests and begins again later."""
PAUSE: Final = 0.2
"""Seconds before the second of them; doubled before each further one."""
_ALL: Final = 100
_log = structlog.get_logger("cnt.drive")


class CalledOffError(Exception):
    """Somebody has called the import off."""


@dataclass(frozen=True, slots=True)
class Copier:
    """Copies files, for a job."""

    accounts: DriveAccounts
    uploads: media.Resumable

    async def copy(self, import_id: int, run: Run, *, last: bool) -> None:
        """Copy one file, from where it stands. `last`: nobody tries again after this run.

        Raises Unavailable while Drive does not answer, unless it is the last run, which says so in the import.
        """
        async with run.db.reading() as tx:
            row = await tx.one(queries.to_copy(), import_id=import_id)
        if row is None:
            return
        try:
            await self._copy(row, run)
        except CalledOffError:
            await self._drop(row, run)
        except (Unavailable, Changed) as error:
            if not last:
                raise
            await self._fail(row, run, error)
        except AppError as error:
            await self._fail(row, run, error)

    async def _copy(self, row: Row, run: Run) -> None:
        await self._check_owner(row, run)
        file = await self.accounts.ask(row["user_id"], lambda access: self.accounts.drive.file(access, row["file_id"]))
        refusal = refusal_of(file, self.uploads.intake.limits)
        if refusal is not None:
            raise refusal
        upload = await self._upload(row, file, run)
        await self._fetch(row, file, upload, run)
        await self._check_owner(row, run)
        media_id, _ = await self.uploads.complete(run.db, row["user_id"], upload)
        async with run.finish() as tx:
            await tx.value(queries.set_done(), import_id=row["id"], media_id=media_id, now=clock.now())

    @staticmethod
    async def _check_owner(row: Row, run: Run) -> None:
        """Raise Denied when who asked for it is no administrator any more: what they agreed to was for our sake."""
        async with run.db.reading() as tx:
            owner = await auth.caller_of(tx, row["user_id"])
        if owner is None or not owner.is_admin:
            raise Denied(CommonReason.ROLE_MISSING, "whoever asked for it is no administrator any more")

    async def _upload(self, row: Row, file: DriveFile, run: Run) -> str:
        """The upload that takes the bytes in: the one that was begun, while Drive still has the same bytes."""
        old: str | None = row["upload_id"]
        if old is not None:
            if row["revision"] == file.revision:
                try:
                    await self.uploads.standing(run.db, row["user_id"], old)
                except NotFound:
                    pass  # it rested for a day, and was forgotten
                else:
                    return old
            else:
                await self._abandon(row["user_id"], old, run)
        purpose = media.purpose_of_type(file.content_type)
        assert purpose is not None, "refusal_of has seen to that"
        declared = media.Declared(filename=file_name(file.name), size=file.size, sha256=file.sha256)
        begun = await self.uploads.begin(run.db, row["user_id"], purpose, file.content_type, declared)
        upload = str(begun.row["id"])

        async def note(tx: Tx) -> int | None:
            told = {"name": file.name, "content_type": file.content_type, "size": file.size, "revision": file.revision}
            found: int | None = await tx.value(queries.set_upload(), import_id=row["id"], upload_id=upload, **told)
            return found

        if await run.db.transact(note) is None:
            await self._abandon(row["user_id"], upload, run)
            raise CalledOffError
        return upload

    async def _fetch(self, row: Row, file: DriveFile, upload: str, run: Run) -> None:
        """Bring the bytes that are missing, go by go."""
        cuts, user_id = 0, row["user_id"]
        while True:
            standing = await self.uploads.standing(run.db, user_id, upload)
            if standing.row["media_id"] is not None or standing.received >= file.size:
                return
            await self._check_owner(row, run)
            try:
                await self._go(row, file, upload, standing.received, run)
            except TokenEndedError:
                await self.accounts.renewed(user_id)
                cuts += 1
            except Precondition as error:
                # A run that seemed dead was still writing: what has come is asked for anew.
                if error.reason != MediaReason.UPLOAD_OFFSET_WRONG:
                    raise
                cuts += 1
            except (OSError, TimeoutError, Unavailable) as error:
                cuts += 1
                _log.info(
                    "an import was cut", import_id=row["id"], received=standing.received, error=type(error).__name__
                )
            after = await self.uploads.standing(run.db, user_id, upload)
            if after.received > standing.received:
                cuts = 0
                continue
            if cuts > CUTS:
                raise Unavailable(
                    CommonReason.PARTY_UNAVAILABLE, "Google Drive breaks off again and again", party="google drive"
                )
            await asyncio.sleep(PAUSE * 2**cuts)

    async def _go(self, row: Row, file: DriveFile, upload: str, offset: int, run: Run) -> None:
        access = (await self.accounts.tokens(row["user_id"])).access
        async with self.accounts.drive.bytes_of(access, file.file_id, offset) as pieces:
            told = self._told(pieces, row, file, offset, run)
            await self.uploads.put(run.db, row["user_id"], upload, offset, told)

    async def _told(
        self, pieces: AsyncIterator[bytes], row: Row, file: DriveFile, offset: int, run: Run
    ) -> AsyncIterator[bytes]:
        """The same pieces, while their coming is shown, until somebody calls it off."""
        received = offset
        async for piece in pieces:
            if run.cancelled.is_set():
                raise CalledOffError
            yield piece
            received += len(piece)
            number = received

            async def note(tx: Tx, number: int = number) -> None:
                await tx.run(queries.set_received(), import_id=row["id"], received=number)

            await run.progress(received * _ALL / file.size, f"{received}", also=note)

    async def _fail(self, row: Row, run: Run, error: AppError) -> None:
        await self._drop(row, run)
        async with run.finish() as tx:
            told = {"status": "failed", "error": str(error.reason), "error_message": error.message}
            await tx.run(queries.set_ended(), import_id=row["id"], now=clock.now(), **told)

    async def _drop(self, row: Row, run: Run) -> None:
        """Let go of what has come."""
        async with run.db.reading() as tx:
            now = await tx.one(queries.own(), import_id=row["id"], user_id=row["user_id"])
        if now is not None and now["upload_id"] is not None:
            await self._abandon(row["user_id"], now["upload_id"], run)

    async def _abandon(self, user_id: int, upload: str, run: Run) -> None:
        try:
            await self.uploads.abandon(run.db, user_id, upload)
        except AppError as error:
            # The sweeper will, after a day.
            _log.info("an import's bytes stay for now", reason=str(error.reason))
