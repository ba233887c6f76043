"""Numbers of the moderation room: what waits for moderators."""

from sqlalchemy import Executable, func, select

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.figures import Figure
from cnt_grpc.moderation.tables import moderation_cases, reports


@statement
def pending() -> Executable:
    """How much of each kind waits: exactly, from an index that holds nothing else."""
    cases = moderation_cases.c
    return select(cases.kind, func.count().label("number")).where(cases.closed_at.is_(None)).group_by(cases.kind)


@statement
def _open_reports() -> Executable:
    return select(func.count()).select_from(reports).where(reports.c.status == "open")


FIGURES = (Figure("open_reports", _open_reports, exact=True),)
