"""Numbers of the live room: how many streams there were, and how many are on air."""

from sqlalchemy import Executable, func, select

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.figures import Figure
from cnt_grpc.live.tables import live_streams

_stream = live_streams.c


@statement
def _streams() -> Executable:
    return select(func.count()).where(_stream.kind == "stream")


@statement
def _live() -> Executable:
    return select(func.count()).where(_stream.kind == "stream", _stream.status == "live")


FIGURES = (Figure("streams", _streams), Figure("live_streams", _live, exact=True, sampled=True))
"""What is on air is counted exactly: by an index on the status, and there is little of it at any time."""
