"""Background doors of the editing room."""

from asyncio import to_thread
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, Final

import structlog

from cnt_grpc import media
from cnt_grpc.editing import planning
from cnt_grpc.editing.making import failures, peaking, work
from cnt_grpc.editing.messages import plans
from cnt_grpc.editing.operations import others
from cnt_grpc.editing.queries import runs as queries
from cnt_grpc.editing.queries.sources import sources
from cnt_grpc.editing.rules import ending, waveforms
from cnt_grpc.editing.rules.sources import described
from cnt_grpc.editing.stages import Stage, percent
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Contention, Unavailable
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.pb.cnt.editing.v1.jobs_pb2 import DrawWaveform, MakeEdit, SettleEdits
from cnt_grpc.pb.cnt.editing.v1.reason import Reason

MAKE: Final = Job(queries.KIND, MakeEdit, attempts=4, timeout=timedelta(hours=4))
"""Make an edit. How many run at once is the worker's to say."""
DRAW: Final = Job("editing.waveform", DrawWaveform, attempts=3, timeout=timedelta(minutes=20), limit=4)
"""Find out how loud a file is along its length."""
SETTLE: Final = Job("editing.settle", SettleEdits, attempts=2, timeout=timedelta(minutes=10), limit=1)
"""Write down the end of edits whose last run could not."""

_log = structlog.get_logger("cnt.editing")

_FOLDERS: Final = {
    media.Kind.VIDEO: "private/drafts/video",
    media.Kind.AUDIO: "private/drafts/audio",
    media.Kind.IMAGE: "private/drafts/images",
}
"""What is made is a draft until something public uses it."""

PERIODIC: Sequence[Periodic] = (Periodic("* * * * *", SETTLE, SettleEdits()),)


async def enqueue(tx: Tx, edit_id: int, owner: int) -> int:
    """Have an edit made after this transaction commits; the job's id."""
    return await jobs.enqueue(tx, MAKE, MakeEdit(edit_id=edit_id), owner=owner)


async def enqueue_drawing(tx: Tx, media_id: int, owner: int) -> int:
    """Have a waveform drawn; someone waits for it."""
    payload = DrawWaveform(media_id=media_id)
    return await jobs.enqueue(tx, DRAW, payload, owner=owner, dedupe=f"media:{media_id}", priority=1)


@dataclass(frozen=True, slots=True)
class EditingJobs:
    """What the worker does for this room."""

    workshop: media.Workshop
    slots: int
    """Edits that run at once over all workers."""

    @property
    def handlers(self) -> Mapping[Job[Any], Handler]:
        """Every job of the room."""
        return {replace(MAKE, limit=self.slots): self.make, DRAW: self.draw, SETTLE: self.settle}

    async def make(self, payload: MakeEdit, run: Run) -> None:
        """Make an edit. A run may die anywhere: what it stores has a key of its own, which the next one removes."""
        started = clock.now()
        async with run.db.reading() as tx:
            row = await tx.one(queries.edit_to_make(), edit=payload.edit_id, job=run.job_id)
        if row is None:
            return
        try:
            await self._make(row, run, started)
        except media.ffmpeg.StoppedError:
            return  # someone broke it off: the job ends as cancelled, and the edit with it
        except Exception as error:
            why = failures.meaning(error)
            if why is None or run.is_finished:
                raise
            _log.info("an edit cannot be made", edit=row["id"], reason=why.reason, error=str(error)[-500:])
            async with run.finish() as tx:
                await ending.fail(tx, row, run, started, reason=why.reason, message=why.message)

    async def draw(self, payload: DrawWaveform, run: Run) -> None:
        """Find out how loud a file is along its length."""
        try:
            peaks = await peaking.peaks(self.workshop, run.db, payload.media_id, run.cancelled)
        except media.ffmpeg.StoppedError:
            return
        except Exception as error:
            why = failures.meaning(error)
            if why is None or why.reason != Reason.EDIT_IMPOSSIBLE:
                raise
            peaks = b""  # kept as well: files do not change, and whoever looks at this one asks again and again
        async with run.finish() as tx:
            if peaks is not None:
                await waveforms.keep(tx, payload.media_id, peaks)

    async def settle(self, payload: SettleEdits, run: Run) -> None:
        """Write down how edits ended whose last run could not, and remove what such runs left in store and folders."""
        del payload
        await to_thread(media.folders.sweep)
        await run.db.transact(ending.settle)
        async with run.db.reading() as tx:
            left = await tx.all(queries.left_behind(), before=clock.now() - ending.LATE)
        for row in left:
            await self.workshop.discard(row["stored_key"])
            await run.db.transact(
                lambda tx, row=row: tx.run(queries.forget_key(), edit=row["id"], key=row["stored_key"])  # type: ignore[misc]
            )
        await run.db.transact(ending.forget)

    async def _make(self, row: Row, run: Run, started: datetime) -> None:
        plan, name = await self._planned(row, run)
        kind = _kind(plan)
        key = media.new_key(_FOLDERS[kind], plan.extension)
        await self._begin(row, run, key)
        speeds = _Speeds(run, row["id"])
        async with work.made(plan, self.workshop, run.db, speeds.show, run.cancelled) as result:
            await speeds.show(Stage.STORING, 0, 0, 0)
            # Overtaken or broken off by now? Then nothing is stored.
            if run.cancelled.is_set():
                raise media.ffmpeg.StoppedError
            stored = await self.workshop.hand_in(result.file, key, kind, thumbnail=kind is media.Kind.VIDEO)
            is_written = False
            try:
                async with run.finish() as tx:
                    await ending.keep(
                        tx,
                        row,
                        run,
                        started,
                        file=stored,
                        workshop=self.workshop,
                        filename=_filename(name, plan.extension),
                        actual_start_ms=result.checked.actual_start_ms,
                    )
                    is_written = True
            except BaseException:
                # What fails from there on is the commit, which may have been done although nobody heard of it; if it
                # was not, the next run or `settle` removes the bytes.
                if not is_written:
                    await self.workshop.discard(stored)
                raise

    async def _planned(self, row: Row, run: Run) -> tuple[planning.Plan, str]:
        """The plan anew from what its sources are now, which is what they were: files do not change; and a name."""
        given = plans.unpacked(row["plan"])
        operations = plans.steps(given)
        wanted = {row["media_id"], *(media_id for _, media_id in others(operations))}
        async with run.db.reading() as tx:
            rows = await tx.all(sources(), media=sorted(wanted))
        found = {each["id"]: described(each) for each in rows}
        if wanted - set(found):
            raise failures.GoneError
        named = {media_id: found[media_id] for _, media_id in others(operations)}
        plan = planning.plan(found[row["media_id"]], operations, named, plans.output(given.output))
        source = next(each["filename"] for each in rows if each["id"] == row["media_id"])
        return plan, plan.output.filename or PurePath(source).stem or f"edit-{row['id']}"

    async def _begin(self, row: Row, run: Run, key: str) -> None:
        """Note where this run will store, and remove what a run that died has stored."""

        async def note(tx: Tx) -> None:
            await tx.run(queries.begin(), edit=row["id"], key=key)
            if row["stored_key"]:
                await media.abandon(tx, row["stored_key"])

        # First the word that this run has the job: one that was frozen reads the key of the run that overtook it.
        await run.progress(0, Stage.FETCHING, also=note)
        if row["stored_key"]:
            await self.workshop.discard(row["stored_key"])


@dataclass(slots=True)
class _Speeds:
    """Shows progress, with speed and time left beside it."""

    run: Run
    edit_id: int

    async def show(self, stage: Stage, part: float, speed: float, left: float) -> None:
        async def note(tx: Tx) -> None:
            eta = min(round(left * 1000), 2**31 - 1)
            await tx.run(queries.note_speed(), edit=self.edit_id, speed=speed, eta_ms=eta)

        # An outage is no reason to throw hours of work away; that another run has the job (Fenced) is.
        with suppress(Unavailable, Contention):
            await self.run.progress(percent(stage, part), stage, also=note)


def _kind(plan: planning.Plan) -> media.Kind:
    if plan.extension == "jpg":
        return media.Kind.IMAGE
    return media.Kind.VIDEO if plan.result.film else media.Kind.AUDIO


def _filename(name: str, extension: str) -> str:
    return name if name.endswith(f".{extension}") else f"{name}.{extension}"
