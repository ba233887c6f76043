"""Making one edit, from its sources in the store to a result that was read and is right."""

import asyncio
import os
from asyncio import Event, to_thread
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cnt_grpc import media
from cnt_grpc.editing.making import encoding
from cnt_grpc.editing.making.checking import Checked, check
from cnt_grpc.editing.making.desk import Desk
from cnt_grpc.editing.making.failures import GoneError
from cnt_grpc.editing.making.findings import Place
from cnt_grpc.editing.making.measuring import measure
from cnt_grpc.editing.making.progress import Reader, Show
from cnt_grpc.editing.operations import Loudness, RemoveSilence
from cnt_grpc.editing.planning import Plan
from cnt_grpc.editing.stages import Stage
from cnt_grpc.kit.db import Database


@dataclass(frozen=True, slots=True)
class Result:
    """What was made."""

    file: Path
    """Gone with the job's folder."""
    plan: Plan
    """With the lengths that were measured."""
    checked: Checked


@asynccontextmanager
async def made(plan: Plan, workshop: media.Workshop, db: Database, show: Show, stop: Event) -> AsyncIterator[Result]:
    """Make it in a folder of its own, which is gone afterwards.

    Raises CannotMakeError and what `failures.meaning` knows, ffmpeg.StoppedError when `stop` is set meanwhile.
    """
    async with AsyncExitStack() as stack:
        folder = await stack.enter_async_context(media.folders.job_folder())
        await show(Stage.FETCHING, 0, 0, 0)
        places = await _fetched(plan, workshop, db, folder, stack)
        if any(isinstance(step.operation, Loudness | RemoveSilence) for step in plan.steps):
            await show(Stage.MEASURING, 0, 0, 0)
        desk = Desk(folder, places, stop)
        plan, measured = await measure(plan, desk)
        target = folder / f"made.{plan.extension}"
        if plan.copies:
            arguments = encoding.copying(plan, places[plan.source.media_id], target.name)
        else:
            arguments = encoding.encoding(plan, places, measured, target.name)
        await _run(arguments, desk, plan, show)
        await show(Stage.CHECKING, 0, 0, 0)
        scratch = folder / "checked"
        scratch.mkdir()
        yield Result(target, plan, await check(plan, target, scratch))


async def _fetched(
    plan: Plan, workshop: media.Workshop, db: Database, folder: Path, stack: AsyncExitStack
) -> Mapping[int, Place]:
    places = {}
    sources = {plan.source.media_id, *_named(plan)}
    for number, media_id in enumerate(sorted(sources)):
        bench = await stack.enter_async_context(workshop.bench(db, media_id))
        if bench is None:
            raise GoneError
        # A name of ours in the one folder that FFmpeg sees.
        name = f"in{number}{bench.path.suffix}"
        await to_thread(os.link, bench.path, folder / name)
        places[media_id] = Place(name, bench.container)
    return places


def _named(plan: Plan) -> set[int]:
    return set(plan.others) - {plan.source.media_id}


async def _run(arguments: list[str], desk: Desk, plan: Plan, show: Show) -> None:
    """Run FFmpeg, and show how far it is as it says so."""
    reader = Reader(plan.result.seconds)
    running = asyncio.create_task(desk.run(arguments, hear=reader.hear))
    showing = asyncio.create_task(reader.show(show))
    try:
        await asyncio.wait({running, showing}, return_when=asyncio.FIRST_COMPLETED)
        # Showing goes on for ever: it ends only when another worker has taken the job over.
        await (running if running.done() else showing)
    finally:
        running.cancel()
        showing.cancel()
        await asyncio.gather(running, showing, return_exceptions=True)
