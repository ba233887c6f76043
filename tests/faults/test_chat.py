"""A stream's chat with two hundred people, whose servers are killed: what the host set holds, and all see one order."""

import asyncio
import itertools
import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import grpc
import pytest

from tests.content.makers import follow
from tests.faults import checks
from tests.faults.clients import Client
from tests.faults.sizes import FULL, say, size
from tests.faults.whole import Whole
from tests.harness.api import ApiError
from tests.harness.world import Person
from tests.live import makers

PEOPLE = size(200, least=20)
EACH = 3
"""Messages that each of them wants to have said."""
STRANGERS = PEOPLE // 10
"""Of them, those who do not follow the host."""
BANNED = PEOPLE // 10
SLOW_SECONDS = 1
KILLS = size(20, least=2)

LIMIT = grpc.StatusCode.RESOURCE_EXHAUSTED


@dataclass(eq=False)
class Screen:
    """One person's view of the chat; it comes back after each end, with the last number that it has seen."""

    who: Person
    seen: list[tuple[int, int, str]] = field(default_factory=list)
    """Number, writer, words."""
    resume: int = 0
    streams: int = 0

    async def watch(self, whole: Whole, stream_id: int, seconds: float) -> None:
        """Watch for so long at one of the servers, or until it dies."""
        self.streams += 1
        door = random.choice(whole.doors).as_(self.who)
        watch = door.stream_chat.WatchStream
        call = watch(stream_id=stream_id, after_seq=self.resume, timeout=seconds + 60).start()
        try:
            async with asyncio.timeout(seconds):
                async for reply in call:
                    self._note(reply)
        except TimeoutError:
            pass
        except grpc.aio.AioRpcError:
            await asyncio.sleep(random.uniform(0.05, 0.3))
        finally:
            call.cancel()

    def _note(self, reply: Any) -> None:
        match reply.WhichOneof("event"):
            case "message":
                one = reply.message
                self.seen.append((one.seq, one.user_id, one.text))
                self.resume = one.seq
            case "heartbeat":
                self.resume = reply.heartbeat.last_seq
            case "end":
                self.resume = reply.end.last_seq

    async def until(self, whole: Whole, stream_id: int, last_seq: int) -> None:
        """Catch up with everything up to this number."""
        deadline = time.monotonic() + 120
        while self.resume < last_seq:
            assert time.monotonic() < deadline, f"{self.who.id} has {self.resume} of {last_seq}"
            await self.watch(whole, stream_id, 1.0)


@dataclass(eq=False)
class Writer:
    """One person who wants to say EACH messages, and waits as long as the chat asks for."""

    client: Client
    said: list[int] = field(default_factory=list)
    """Numbers that were given."""
    refused: list[str] = field(default_factory=list)
    waited: int = 0

    async def say(self, stream_id: int, text: str) -> str:
        """Have something said; the reason when it is refused for good."""
        while True:
            try:
                send = self.client.write("stream_chat", "SendStreamMessage", stream_id=stream_id, text=text)
                self.said.append((await send).message.seq)
            except ApiError as error:
                if error.code is not LIMIT:
                    self.refused.append(error.reason)
                    return error.reason
                self.waited += 1
                await asyncio.sleep(error.retry_after)
            else:
                return ""

    async def say_all(self, stream_id: int) -> None:
        """Everything, and between it something that the host does not want."""
        for number in range(EACH):
            await asyncio.sleep(random.uniform(0, 0.3))
            await self.say(stream_id, f"{self.client.who.id} {number}")
            if number == 1:
                await self.say(stream_id, "So ein TAND!")


@pytest.mark.timeout(1800 if FULL else 120)
async def test_a_chat_of_many(at_risk: Whole) -> None:
    host, *people = await at_risk.world.users(PEOPLE + 1)
    followers, banned = people[STRANGERS:], people[-BANNED:]
    async with at_risk.system.db.transaction() as tx:
        for each in followers:
            await follow(tx, each.id, host.id)
    stream_id = (await makers.made(at_risk.world, host))["id"]
    leader = Client(at_risk, host, random.Random(0))
    chat = {"enabled": True, "followers_only": True, "slow_seconds": SLOW_SECONDS, "blocked_words": ["tand"]}
    await leader.write("stream_chat", "UpdateChatSettings", stream_id=stream_id, chat=chat)
    screens = [Screen(each) for each in people]
    writers = {each.id: Writer(Client(at_risk, each, random.Random(each.id))) for each in people}
    is_over = asyncio.Event()

    async def look(screen: Screen) -> None:
        while not is_over.is_set():
            await screen.watch(at_risk, stream_id, random.uniform(0.2, 3))

    async def kill_servers() -> None:
        for number in range(KILLS):
            await asyncio.sleep(random.uniform(0.5, 2))
            victim = at_risk.servers[number % 2]
            victim.kill()
            victim.start()
            await victim.serving()

    async def ban_some() -> None:
        for each in banned:
            while not writers[each.id].said:
                await asyncio.sleep(0.05)
            await leader.write("stage", "BanParticipant", stream_id=stream_id, identity=f"user-{each.id}")
            assert await writers[each.id].say(stream_id, "After the ban.") == "BANNED_FROM_STREAM"

    began = time.monotonic()
    looking = [asyncio.create_task(look(screen)) for screen in screens]
    saying = [each.say_all(stream_id) for each in writers.values()]
    await asyncio.gather(kill_servers(), ban_some(), *saying)
    took = time.monotonic() - began
    rows = await log_of(at_risk, stream_id)
    is_over.set()
    await asyncio.gather(*looking)
    await asyncio.gather(*(screen.until(at_risk, stream_id, len(rows)) for screen in screens))

    order = [(row["seq"], row["user_id"], row["text"]) for row in rows]
    assert [seq for seq, _, _ in order] == list(range(1, len(order) + 1))
    for screen in screens:
        assert screen.seen == order, "without gap, repeat or other order"
    held(rows, writers, people, banned)
    streams = sum(screen.streams for screen in screens)
    waits = sum(writer.waited for writer in writers.values())
    say(f"{PEOPLE} people, {len(order)} entries in {took:.0f} s, {streams} streams, {waits} waits, {KILLS} kills")
    await checks.all_hold(at_risk)


def held(rows: list[Any], writers: dict[int, Writer], people: list[Person], banned: list[Person]) -> None:
    """What the host set held for everyone, and what was acknowledged is there once."""
    chat = [row for row in rows if row["kind"] == "chat"]
    assert sorted(row["seq"] for row in chat) == sorted(seq for each in writers.values() for seq in each.said)
    assert not any("tand" in row["text"].lower() or row["text"] == "After the ban." for row in chat)
    out = {each.id for each in banned}
    for number, each in enumerate(people):
        own = [row for row in chat if row["user_id"] == each.id]
        reasons = set(writers[each.id].refused)
        if number < STRANGERS:
            assert (own, reasons) == ([], {"CHAT_FOLLOWERS_ONLY"})
            continue
        assert reasons <= {"CHAT_WORD_BLOCKED", "BANNED_FROM_STREAM"}
        assert ("BANNED_FROM_STREAM" in reasons) == (each.id in out)
        if each.id not in out:
            assert [row["text"] for row in own] == [f"{each.id} {turn}" for turn in range(EACH)]
        times = [row["created_at"] for row in own]
        least = min((after - before for before, after in itertools.pairwise(times)), default=timedelta.max)
        assert least >= timedelta(seconds=SLOW_SECONDS)


async def log_of(whole: Whole, stream_id: int) -> list[Any]:
    """The log as it lies in the database."""
    async with whole.system.db.transaction() as tx:
        return await tx.raw("SELECT * FROM stream_messages WHERE stream_id = $1 ORDER BY seq", stream_id)
