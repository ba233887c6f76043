"""What a room plugs in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnt_grpc import auth, moderation, search
from cnt_grpc.app.system import System
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.figures import Figure
from cnt_grpc.kit.jobs import Handler, Job
from cnt_grpc.kit.jobs.worker import Periodic

Handlers = Mapping[Job[Any], Handler]
Servicers = Mapping[str, object]


def _no_jobs(_: System) -> Handlers:
    return {}


@dataclass(frozen=True, slots=True)
class Plug:
    """A room's ends, as far as the plug board connects them."""

    services: tuple[str, ...]
    """The full names of its services; also what `serve` gives."""
    serve: Callable[[System], Servicers]
    """Builds its servicers, by full name."""
    work: Callable[[System], Handlers] = _no_jobs
    """Builds what does its jobs."""
    periodic: Sequence[Periodic] = ()
    """What the clock starts."""
    holder: auth.Holder | None = None
    """What it holds about people: its part of an export and of an erasure."""
    hold: Callable[[System], auth.Holder] | None = None
    """Builds the same, where it needs what the system has."""
    kinds: Sequence[moderation.Kind] = ()
    """Its kinds of things that moderators decide on."""
    reportable: Sequence[moderation.Reportable] = ()
    """Its kinds of things that people report."""
    searched: Sequence[search.Source] = ()
    """Its kinds of things that can be found, to build the index anew."""
    figures: Sequence[Figure] = ()
    """Its numbers for administrators."""
    seed: Callable[[Tx], Awaitable[None]] | None = None
    """Puts in what a new database needs; may be called again."""
    furnish: Callable[[System], Awaitable[None]] | None = None
    """Puts in the files that a new platform needs, through the workshop, after `seed`; may be called again."""
