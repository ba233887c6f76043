"""Background doors of the admin room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from cnt_grpc.admin.drive_copying import Copier
from cnt_grpc.admin.drive_revoking import REVOKE
from cnt_grpc.admin.rules import dashboard, drive_parting, metrics
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.figures import Figure
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.pb.cnt.admin.v1.jobs_pb2 import CopyDriveFile, MeasureTotals, RevokeDrive

MEASURE: Final = Job("admin.measure", MeasureTotals, attempts=1, timeout=timedelta(minutes=5), limit=1)
"""Count what the dashboard shows, and what is kept of each minute."""
COPY: Final = Job("admin.copy_drive", CopyDriveFile, attempts=12, timeout=timedelta(hours=12), limit=4)
"""Copy a file from Google Drive. Its pauses double up to five minutes: Drive may be away for half an hour."""

PERIODIC: Final = (Periodic("* * * * *", MEASURE, MeasureTotals()),)


async def enqueue_copy(tx: Tx, import_id: int, owner: int) -> int:
    """Have a file copied after this transaction commits; the job's id."""
    return await jobs.enqueue(tx, COPY, CopyDriveFile(import_id=import_id), owner=owner)


@dataclass(frozen=True, slots=True)
class AdminJobs:
    """What the worker does for this room."""

    figures: Sequence[Figure]
    copier: Copier

    @property
    def handlers(self) -> Mapping[Job[Any], Handler]:
        """Every job of the room."""
        return {MEASURE: self.measure, COPY: self.copy, REVOKE: self.revoke}

    async def measure(self, _: MeasureTotals, run: Run) -> None:
        """Count what takes long to count, and note how things stand."""
        await dashboard.measure(run.db, self.figures)
        await metrics.measure(run.db, self.figures)

    async def copy(self, payload: CopyDriveFile, run: Run) -> None:
        """Copy a file from Google Drive, or what is missing of it."""
        await self.copier.copy(payload.import_id, run, last=run.attempt >= COPY.attempts)

    async def revoke(self, payload: RevokeDrive, run: Run) -> None:
        """Have Google forget a consent."""
        await drive_parting.revoke(run.db, self.copier.accounts.drive, payload.refresh_token, payload.email)
