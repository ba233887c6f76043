"""Background doors of the admin room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from cnt_grpc.admin.rules import dashboard
from cnt_grpc.kit.figures import Figure
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.pb.cnt.admin.v1.jobs_pb2 import MeasureTotals

MEASURE: Final = Job("admin.measure", MeasureTotals, attempts=1, timeout=timedelta(minutes=5), limit=1)
"""Count what the dashboard shows."""

PERIODIC: Final = (Periodic("* * * * *", MEASURE, MeasureTotals()),)


@dataclass(frozen=True, slots=True)
class AdminJobs:
    """What the worker does for this room."""

    figures: Sequence[Figure]

    @property
    def handlers(self) -> Mapping[Job[Any], Handler]:
        """Every job of the room."""
        return {MEASURE: self.measure}

    async def measure(self, _: MeasureTotals, run: Run) -> None:
        """Count what takes long to count."""
        await dashboard.measure(run.db, self.figures)
