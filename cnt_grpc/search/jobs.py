"""Background doors of the search room."""

from collections.abc import Mapping
from typing import Any

from cnt_grpc import auth
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import IndexPerson
from cnt_grpc.search import people


async def index_person(payload: IndexPerson, run: Run) -> None:
    """Look at a person anew; the auth room, which lies below, asks for it."""
    async with run.finish() as tx:
        await people.index_person(tx, payload.user_id)


HANDLERS: Mapping[Job[Any], Handler] = {auth.INDEX_PERSON: index_person}
