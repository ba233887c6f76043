"""The dispatcher alone, over an inbox in memory: what streams get when wake-ups are lost and readers are slow."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest

from cnt_grpc.kit.errors import Gone
from cnt_grpc.kit.events import dispatcher as module
from cnt_grpc.kit.events.dispatcher import SWEEP_SECONDS, Dispatcher, Found
from cnt_grpc.kit.events.tail import PAGE, Beat, Cause, End, Head, Row, Tail
from cnt_grpc.notification.inbox import with_new
from cnt_grpc.pb.cnt.notification.v1.reason import Reason

FAR = 1e12
PATIENCE = 30.0
"""Seconds after which something that should have come has not come."""


class Memory:
    """Inboxes as the database would keep them, and a bus that may lose what it is given."""

    def __init__(self) -> None:
        self.rows: dict[int, list[Row]] = {}
        self.forgotten: dict[int, int] = {}
        self.reads: list[int] = []
        self.largest = 0
        self.fail = 0
        self.delay: Callable[[], float] = lambda: 0.0
        self.loss = 0.0
        self.callback: Callable[[set[int] | None], None] = lambda _: None
        self.last: dict[int, int] = {}

    def tell(self, recipient_id: int) -> int:
        seq = self.last[recipient_id] = self.last.get(recipient_id, 0) + 1
        self.rows.setdefault(recipient_id, []).append({"seq": seq, "read": False})
        if random.random() >= self.loss:
            self.callback({recipient_id})
        return seq

    def inbox(self, recipient_id: int) -> Head[int]:
        rows = self.rows.get(recipient_id, [])
        return Head(
            last_seq=self.last.get(recipient_id, 0),
            forgotten_seq=self.forgotten.get(recipient_id, 0),
            state=sum(not row["read"] for row in rows),
        )

    async def read(self, pairs: Sequence[tuple[int, int]]) -> Sequence[Found[int]]:
        self.reads.append(len(pairs))
        if self.fail:
            self.fail -= 1
            raise OSError("the database is away")
        found = [
            (self.inbox(recipient_id), [row for row in self.rows.get(recipient_id, []) if row["seq"] > after][:PAGE])
            for recipient_id, after in pairs
        ]
        await asyncio.sleep(self.delay())
        return found

    def subscribe(self, callback: Callable[[set[int] | None], None]) -> Callable[[], None]:
        self.callback = callback
        return lambda: setattr(self, "callback", lambda _: None)


@pytest.fixture
async def memory() -> Memory:
    return Memory()


@pytest.fixture
async def dispatcher(memory: Memory) -> AsyncIterator[Dispatcher[int]]:
    made = Dispatcher(memory.read, memory.subscribe, Reason.RESYNC, with_new)
    yield made
    await made.close()


@pytest.fixture
def fast_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SWEEP_SECONDS", 0.2)
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.3)


async def numbers(stream: Tail[int], until: int) -> list[int]:
    seen: list[int] = []
    while not seen or seen[-1] < until:
        event = await asyncio.wait_for(stream.next(), PATIENCE)
        if isinstance(event, dict):
            seen.append(event["seq"])
    return seen


def watching(dispatcher: Dispatcher[int], recipient_id: int, after: int = 0, **kwargs: Any) -> Any:
    return dispatcher.open(recipient_id, after, kwargs.get("deadline", FAR), kwargs.get("stopping", asyncio.Event()))


async def test_replays_then_follows_and_says_when_the_replay_is_complete(
    memory: Memory, dispatcher: Dispatcher[int]
) -> None:
    for _ in range(3):
        memory.tell(1)
    with watching(dispatcher, 1, after=1) as stream:
        assert await numbers(stream, 3) == [2, 3]
        assert await stream.next() == Beat(state=3, last_seq=3)
        memory.tell(1)
        assert await numbers(stream, 4) == [4]


async def test_a_long_replay_comes_in_pages_without_gap_or_repeat(memory: Memory, dispatcher: Dispatcher[int]) -> None:
    total = 10 * PAGE + 7
    for _ in range(total):
        memory.tell(1)
    with watching(dispatcher, 1) as stream:
        assert await numbers(stream, total) == list(range(1, total + 1))
        assert await stream.next() == Beat(state=total, last_seq=total)


async def test_an_empty_inbox_beats_at_once(dispatcher: Dispatcher[int]) -> None:
    with watching(dispatcher, 1) as stream:
        assert await stream.next() == Beat(state=0, last_seq=0)


@pytest.mark.parametrize("after", [2, 9])
async def test_a_number_too_old_or_never_given_asks_for_a_resync(
    memory: Memory, dispatcher: Dispatcher[int], after: int
) -> None:
    for _ in range(5):
        memory.tell(1)
    memory.forgotten[1] = 3
    memory.rows[1] = memory.rows[1][3:]
    with watching(dispatcher, 1, after=after) as stream, pytest.raises(Gone, match="resync"):
        await stream.next()
    with watching(dispatcher, 1, after=3) as stream:
        assert await numbers(stream, 5) == [4, 5]
    with watching(dispatcher, 1, after=0) as stream:
        assert await numbers(stream, 5) == [4, 5]


async def test_deleted_rows_leave_the_resume_point_behind_them(memory: Memory, dispatcher: Dispatcher[int]) -> None:
    for _ in range(5):
        memory.tell(1)
    del memory.rows[1][3:]
    with watching(dispatcher, 1) as stream:
        assert await numbers(stream, 3) == [1, 2, 3]
        assert await stream.next() == Beat(state=3, last_seq=5)


async def test_a_slow_reader_holds_one_page_and_catches_up(memory: Memory, dispatcher: Dispatcher[int]) -> None:
    with watching(dispatcher, 1) as slow, watching(dispatcher, 1) as quick:
        for _ in range(20 * PAGE):
            seq = memory.tell(1)
            await asyncio.sleep(0)
            assert len(slow._page) <= PAGE
            if seq % PAGE == 0:
                await numbers(quick, seq)
        assert len(slow._page) <= PAGE
        assert await numbers(slow, 20 * PAGE) == list(range(1, 20 * PAGE + 1))


async def test_reading_elsewhere_is_told_at_once(memory: Memory, dispatcher: Dispatcher[int]) -> None:
    memory.tell(1)
    with watching(dispatcher, 1) as stream:
        assert await numbers(stream, 1) == [1]
        assert await stream.next() == Beat(state=1, last_seq=1)
        memory.rows[1][0] = {"seq": 1, "read": True}
        memory.callback({1})
        assert await asyncio.wait_for(stream.next(), SWEEP_SECONDS - 1) == Beat(state=0, last_seq=1)


async def test_a_wake_up_without_a_name_reads_for_everyone(memory: Memory, dispatcher: Dispatcher[int]) -> None:
    with watching(dispatcher, 1) as one, watching(dispatcher, 2) as two:
        await one.next(), await two.next()
        memory.loss = 1.0
        memory.tell(1), memory.tell(2)
        memory.callback(None)
        assert await numbers(one, 1) == [1]
        assert await numbers(two, 1) == [1]


async def test_the_sweep_repairs_lost_wake_ups(memory: Memory, dispatcher: Dispatcher[int], fast_sweep: None) -> None:
    memory.loss = 1.0
    with watching(dispatcher, 1) as stream:
        await stream.next()
        memory.tell(1)
        assert await asyncio.wait_for(numbers(stream, 1), PATIENCE) == [1]


async def test_an_idle_stream_beats(dispatcher: Dispatcher[int], fast_sweep: None) -> None:
    with watching(dispatcher, 1) as stream:
        for _ in range(3):
            assert await asyncio.wait_for(stream.next(), PATIENCE) == Beat(state=0, last_seq=0)


async def test_many_streams_share_a_read(memory: Memory, dispatcher: Dispatcher[int]) -> None:
    opened = [watching(dispatcher, recipient_id) for recipient_id in range(1, 201)]
    streams = [each.__enter__() for each in opened]
    for stream in streams:
        await stream.next()
    memory.reads.clear()
    for recipient_id in range(1, 201):
        memory.tell(recipient_id)
    for stream in streams:
        assert await numbers(stream, 1) == [1]
    assert memory.reads == [200]
    for each in opened:
        each.__exit__(None, None, None)
    assert not dispatcher._streams


async def test_a_sweep_forgets_who_left(dispatcher: Dispatcher[int], fast_sweep: None) -> None:
    with watching(dispatcher, 1), watching(dispatcher, 2), watching(dispatcher, 3):
        pass
    with watching(dispatcher, 4) as stays:
        async with asyncio.timeout(PATIENCE):
            while list(dispatcher._round) != [stays]:
                await asyncio.sleep(0.01)


async def test_a_sweep_visits_all_in_turn(
    dispatcher: Dispatcher[int], fast_sweep: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    visited: list[int] = []
    visit = dispatcher._visit

    def noted(stream: Tail[int], now: float) -> None:
        visited.append(stream.key)
        visit(stream, now)

    monkeypatch.setattr(dispatcher, "_visit", noted)
    opened = [watching(dispatcher, recipient_id) for recipient_id in range(1, 401)]
    async with asyncio.timeout(PATIENCE):
        while len(visited) < 1200:
            await asyncio.sleep(0.01)
    assert visited[:1200] == [*range(1, 401)] * 3
    for each in opened:
        each.__exit__(None, None, None)


async def test_an_audience_shares_one_place(memory: Memory, dispatcher: Dispatcher[int]) -> None:
    memory.tell(1)
    opened = [watching(dispatcher, 1) for _ in range(3 * module.BATCH)]
    streams = [each.__enter__() for each in opened]
    for stream in streams:
        assert await numbers(stream, 1) == [1]
    assert memory.reads[0] == 1
    for each in opened:
        each.__exit__(None, None, None)


async def test_a_failed_read_ends_no_stream(
    memory: Memory, dispatcher: Dispatcher[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.01)
    memory.fail = 2
    memory.tell(1)
    with watching(dispatcher, 1) as stream:
        assert await numbers(stream, 1) == [1]


async def test_stopping_ends_streams_with_where_to_go_on(memory: Memory, dispatcher: Dispatcher[int]) -> None:
    stopping = asyncio.Event()
    for _ in range(3):
        memory.tell(1)
    with watching(dispatcher, 1, stopping=stopping) as stream:
        row = await stream.next()
        assert isinstance(row, dict)
        stopping.set()
        await asyncio.sleep(0)
        assert await stream.next() == End(Cause.SERVER_STOPPING, last_seq=1)
    with watching(dispatcher, 1, stopping=stopping) as late:
        assert await late.next() == End(Cause.SERVER_STOPPING, last_seq=0)


async def test_a_stream_whose_time_is_up_ends_in_order(dispatcher: Dispatcher[int], fast_sweep: None) -> None:
    with watching(dispatcher, 1, deadline=0.0) as stream:
        event = await stream.next()
        while isinstance(event, Beat):
            event = await asyncio.wait_for(stream.next(), PATIENCE)
        assert event == End(Cause.TIME_UP, last_seq=0)


async def test_whatever_is_lost_delayed_or_dropped_each_row_arrives_once_in_order(
    memory: Memory, dispatcher: Dispatcher[int], fast_sweep: None
) -> None:
    """Random writers, random drops of streams, half of the wake-ups lost, reads of random length."""
    memory.loss = 0.5
    memory.delay = lambda: random.choice([0.0, 0.0, 0.003])
    each, people = 150, range(1, 6)

    async def write(recipient_id: int) -> None:
        for _ in range(each):
            memory.tell(recipient_id)
            await asyncio.sleep(random.choice([0.0, 0.0, 0.002]))

    async def follow(recipient_id: int) -> list[int]:
        seen: list[int] = []
        resume = 0
        while len(seen) < each:
            with watching(dispatcher, recipient_id, after=resume) as stream:
                for _ in range(random.randint(1, 40)):
                    event = await asyncio.wait_for(stream.next(), PATIENCE)
                    if isinstance(event, Beat):
                        resume = event.last_seq
                        assert resume == (seen[-1] if seen else 0)
                    elif isinstance(event, dict):
                        seen.append(event["seq"])
                        resume = event["seq"]
                    if len(seen) == each:
                        break
        return seen

    work: list[Awaitable[Any]] = [write(person) for person in people]
    work += [follow(person) for person in people for _ in range(3)]
    for seen in (await asyncio.gather(*work))[len(people) :]:
        assert seen == list(range(1, each + 1))
