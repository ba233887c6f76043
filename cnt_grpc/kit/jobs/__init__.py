"""Background jobs: enqueued in the caller's transaction, run by a worker at least once, with one result.

    PROBE = Job("media.probe", media_jobs_pb2.ProbeMedia, attempts=5, timeout=timedelta(minutes=2))

    job_id = await jobs.enqueue(tx, PROBE, ProbeMedia(media_id=12), owner=user_id, dedupe="media:12")

    async def probe_media(payload: ProbeMedia, run: Run) -> None:
        found = await asyncio.to_thread(probe, payload.media_id)
        async with run.finish() as tx:
            await queries.set_probed(tx, payload.media_id, found)

A run may die with its worker at any point, and then another one starts over; what it does outside its `finish` must
bear that. Several runs of a job never finish it twice.
"""

from cnt_grpc.kit.jobs.job import Handler, Job, State, cancel, enqueue, find, standing, wait
from cnt_grpc.kit.jobs.run import TOPIC, Fenced, GiveUp, Interrupted, Run

__all__ = [
    "TOPIC",
    "Fenced",
    "GiveUp",
    "Handler",
    "Interrupted",
    "Job",
    "Run",
    "State",
    "cancel",
    "enqueue",
    "find",
    "standing",
    "wait",
]
