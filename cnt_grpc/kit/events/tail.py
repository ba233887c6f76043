"""One reader of a numbered log that grows: how far it is, what waits to be sent, and when it ends."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Generic, Protocol, Self, TypeVar

from cnt_grpc.kit.errors import AppError

PAGE = 32
"""Rows that one read gives a reader; the most that it ever holds in memory, however slowly its client reads."""

S = TypeVar("S")
"""What a log has beside its rows and is told with each sign of life, such as how many are unread."""


class Row(Protocol):
    """A row of a log, by the names of its columns; `seq` is its number."""

    def __getitem__(self, name: str, /) -> Any: ...  # noqa: ANN401


class Cause(Enum):
    """Why a stream ends although nothing went wrong."""

    SERVER_STOPPING = auto()
    TIME_UP = auto()


@dataclass(frozen=True, slots=True)
class Head(Generic[S]):
    """How a log stood when it was read."""

    state: S
    last_seq: int = 0
    """The newest number ever given."""
    forgotten_seq: int = 0
    """The newest number whose row was dropped for its age."""


@dataclass(frozen=True, slots=True)
class Beat(Generic[S]):
    """The stream is alive, and complete up to `last_seq`."""

    state: S
    last_seq: int


@dataclass(frozen=True, slots=True)
class End:
    """The stream is over; another one goes on after `last_seq`."""

    cause: Cause
    last_seq: int


class Host(Protocol[S]):
    """Who reads for tails."""

    def ask(self, tail: "Tail[S]") -> None:
        """Read what comes after the tail's `after_seq`, and `give` it."""
        ...

    def leave(self, tail: "Tail[S]") -> None:
        """Forget the tail."""
        ...

    def expected(self, state: S, rows: Sequence[Row]) -> S:
        """What the state becomes by these rows alone; any other is told with a beat at once."""
        ...

    def resync(self, last_seq: int) -> AppError:
        """The refusal of a number behind which the log is no longer whole."""
        ...


class Tail(Generic[S]):
    """What one watcher of a log has got and has still to get.

    Two sides meet here in one event loop. The dispatcher gives pages of rows, in the order of their numbers and only
    when the page before is used up; the handler takes one event after the other. Numbers are given under a lock on the
    log, so a row that is committed later has a higher number: “everything after the last one” leaves nothing out.
    """

    # No context manager made from a generator, no event, no queue: each would be there ten thousand times.
    __slots__ = ("_beat_due", "_caught_up", "_end", "_error", "_given", "_host", "_page", "_sent", "_stale", "_state",
                 "_waiter", "beaten_at", "deadline", "has_left", "key", "on_wake")  # fmt: skip

    def __init__(self, host: Host[S], key: int, after_seq: int, deadline: float) -> None:
        self._host = host
        self.key = key
        """Which log."""
        self.deadline = deadline
        """In seconds of the event loop's clock, as `beaten_at` is."""
        self.beaten_at = 0.0
        self.has_left = False
        """Whether its block has ended."""
        self._given = after_seq  # every row up to here has been put into a page
        self._sent = after_seq  # every row up to here has been taken by the handler
        self._page: list[Row] = []  # newest first, so that taking the oldest is a pop
        self._stale = False  # there may be rows after `_given`
        self._caught_up = False
        self._state: S | None = None
        self._beat_due = False
        self._end: Cause | None = None
        self._error: AppError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.on_wake: Callable[[], object] | None = None
        """Called when `poll` may have something, for a reader of several tails."""

    # -- the dispatcher's side ----------------------------------------------------------------------------------------

    @property
    def after_seq(self) -> int:
        """From where to read on."""
        return self._given

    def wants_rows(self) -> bool:
        """Whether there is room; if not, the stream asks by itself as soon as there is."""
        if self._page:
            self._stale = True
        return not self._page

    def give(self, head: Head[S], rows: Sequence[Row]) -> None:
        """Take what one read found after `after_seq`: at most PAGE rows, lowest number first, and the log's head."""
        if self._given and not head.forgotten_seq <= self._given <= head.last_seq:
            # Rows after this number are gone, or it comes from another life of this database.
            self._error = self._host.resync(head.last_seq)
            self._wake()
            return
        self._page = list(reversed(rows))
        complete = len(rows) < PAGE
        self._stale = not complete
        # The read saw the head and its rows at one moment, so what is not among the rows up to last_seq was deleted.
        self._given = head.last_seq if complete else rows[-1]["seq"]
        if not rows:
            self._sent = self._given
        if complete and (self._state is None or head.state != self._host.expected(self._state, rows)):
            self._beat_due = True
        self._caught_up = self._caught_up or complete
        if self._caught_up:
            self._state = head.state
        if rows or self._beat_due:
            self._wake()

    def beat(self) -> None:
        """Send a sign of life; not during the replay, whose end the first one marks."""
        if self._caught_up:
            self._beat_due = True
            self._wake()

    def end(self, cause: Cause) -> None:
        """Send no more than the point to resume from."""
        self._end = self._end or cause
        self._wake()

    def _wake(self) -> None:
        if self.on_wake is not None:
            self.on_wake()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # -- the handler's side -------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.has_left = True
        self._host.leave(self)

    async def next(self) -> Row | Beat[S] | End:
        """The next thing to send, as soon as there is one; raises Gone when the stream cannot go on without a gap."""
        while (event := self.poll()) is None:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return event

    def poll(self) -> Row | Beat[S] | End | None:
        """The next thing to send if there is one now; raises as `next` does."""
        if self._error is not None:
            raise self._error
        if self._end is not None:
            return End(self._end, self._sent)
        if self._page:
            return self._take()
        if self._stale:
            self._stale = False
            self._host.ask(self)
        if self._beat_due and self._state is not None:
            self._beat_due = False
            self.beaten_at = asyncio.get_running_loop().time()
            return Beat(self._state, self._sent)
        return None

    def _take(self) -> Row:
        row = self._page.pop()
        # With the last row of a page taken, everything up to where the page reached is out, deleted numbers included.
        self._sent = row["seq"] if self._page else self._given
        return row
