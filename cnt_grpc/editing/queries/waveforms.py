"""Statements on waveforms."""

from sqlalchemy import Executable, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc import media
from cnt_grpc.editing.tables import waveforms
from cnt_grpc.kit.db import statement


@statement
def waveform() -> Executable:
    """The peaks of a file, if they were found out; the caller has seen to it that it is theirs. Parameter: media."""
    return select(waveforms.c.peaks).where(waveforms.c.media_id == bindparam("media"))


@statement
def add_waveform() -> Executable:
    """Keep the peaks of a file that is still there; twice is once. Parameters: media, peaks, now."""
    there = select(
        media.objects.c.id,
        bindparam("peaks", type_=waveforms.c.peaks.type),
        bindparam("now", type_=waveforms.c.created_at.type),
    ).where(media.objects.c.id == bindparam("media"))
    return upsert(waveforms).from_select(["media_id", "peaks", "created_at"], there).on_conflict_do_nothing()
