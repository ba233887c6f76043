"""The voice agent's conversation in text: what it looks up, with whose rights, and that a failing tool is survived."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from livekit.agents import AgentSession, ToolError, llm, mock_tools
from livekit.agents.llm import ChatChunk, ChoiceDelta, FunctionToolCall

from cnt_grpc import search
from cnt_grpc.content import searched
from cnt_grpc.content.kinds import BIBLE_STORY
from cnt_grpc.kit import clock
from cnt_grpc.live.talk.character import INSTRUCTIONS
from cnt_grpc.live.talk.knowledge import NOTHING, Knowledge
from cnt_grpc.live.voice.companion import Companion
from tests.community import event_makers
from tests.content import makers

if TYPE_CHECKING:
    from livekit.agents.voice.run_result import RunResult

    from tests.harness.api import Api
    from tests.harness.world import Person, World

Step = tuple[str, dict[str, str]] | Callable[[str], str]
"""A call of a tool with its arguments, or what is said once its output is known."""


class Script(llm.LLM[str]):
    """A model that does what the script says, and remembers what it was asked with."""

    def __init__(self, *steps: Step) -> None:
        super().__init__()
        self.steps = list(steps)
        self.asked: list[llm.ChatContext] = []

    def chat(self, *, chat_ctx: llm.ChatContext, tools: Any = None, **rest: Any) -> llm.LLMStream:
        self.asked.append(chat_ctx.copy())
        return _Reading(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=rest["conn_options"])


class _Reading(llm.LLMStream):
    async def _run(self) -> None:
        script = self._llm
        assert isinstance(script, Script)
        step = script.steps.pop(0)
        outputs = [item.output for item in self._chat_ctx.items if item.type == "function_call_output"]
        if callable(step):
            delta = ChoiceDelta(role="assistant", content=step(outputs[-1] if outputs else ""))
        else:
            name, arguments = step
            call = FunctionToolCall(name=name, arguments=json.dumps(arguments), call_id=f"call-{len(outputs)}")
            delta = ChoiceDelta(role="assistant", tool_calls=[call])
        self._event_ch.send_nowait(ChatChunk(id="script", delta=delta))


@asynccontextmanager
async def conversing(world: World, who: Person, script: Script) -> AsyncIterator[AgentSession[None]]:
    """A conversation without ears and voice."""
    async with AgentSession[None](llm=script) as session:
        await session.start(Companion(Knowledge(world.db, who.id)))
        yield session


async def asked(world: World, who: Person, words: str, *steps: Step) -> RunResult[Any]:
    """What happens when this person says these words."""
    async with conversing(world, who, Script(*steps)) as session:
        return await session.run(user_input=words)


def output_of(result: RunResult[Any]) -> str:
    """What the one tool gave back."""
    result.expect.next_event().is_function_call()
    event: Any = result.expect.next_event().is_function_call_output(is_error=False).event()
    return str(event.item.output)


async def indexed(world: World) -> None:
    """Everything in the tables can be found."""
    for source in searched:
        await search.rebuild(world.db, source)


async def test_it_answers_in_words_of_its_own(world: World) -> None:
    ann = await world.user()
    script = Script(lambda _: "He is near.")
    async with conversing(world, ann, script) as session:
        result: RunResult[Any] = await session.run(user_input="I am afraid.")
    assert result.expect.next_event().is_message(role="assistant").event().item.text_content == "He is near."
    result.expect.no_more_events()
    system: Any = script.asked[0].items[0]
    assert system.text_content == INSTRUCTIONS
    assert "two or three short sentences" in INSTRUCTIONS
    assert "Christian faith" in INSTRUCTIONS


async def test_it_finds_what_the_person_may_see_and_nothing_else(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        await makers.podcast(tx, by=bob.id, title="Walking on zephyrine water")
        await makers.podcast(tx, by=bob.id, title="A zephyrine secret", status="pending")
    await indexed(world)
    step = ("search_content", {"words": "zephyrine"})
    found = output_of(await asked(world, ann, "What is there?", step, lambda output: output))
    assert "podcast: Walking on zephyrine water" in found
    assert "secret" not in found
    await api.as_(bob).user.BlockUser(user_id=ann.id)
    assert output_of(await asked(world, ann, "What is there?", step, lambda output: output)) == NOTHING


async def test_it_reads_a_story(world: World) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        await makers.item(
            tx,
            BIBLE_STORY,
            by=bob.id,
            title="Jonah and the quixotic fish",
            scripture_reference="Jonah 1",
            text="The word of the LORD came.",
        )
    await indexed(world)
    step = ("read_bible_story", {"words": "quixotic fish"})
    read = output_of(await asked(world, ann, "Read me Jonah.", step, lambda output: output))
    assert read == "Jonah and the quixotic fish (Jonah 1)\nThe word of the LORD came."
    step = ("read_bible_story", {"words": "nobody wrote this xyzzy"})
    assert output_of(await asked(world, ann, "And that?", step, lambda output: output)) == NOTHING


async def test_it_reads_no_story_that_the_person_may_not_see(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        await makers.item(tx, BIBLE_STORY, by=bob.id, title="Ruth and the gossamer barley", text="Where you go I go.")
        await makers.item(tx, BIBLE_STORY, by=bob.id, title="A gossamer draft", text="Not yet.", status="pending")
    await indexed(world)
    step = ("read_bible_story", {"words": "gossamer"})
    assert "Where you go" in output_of(await asked(world, ann, "Read me Ruth.", step, lambda output: output))
    await api.as_(bob).user.BlockUser(user_id=ann.id)
    assert output_of(await asked(world, ann, "Read me Ruth.", step, lambda output: output)) == NOTHING


async def test_it_lists_no_event_that_the_person_may_not_see(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    soon = clock.now() + timedelta(minutes=1)
    await event_makers.made(world, bob, title="Night of seraphs", starts_at=soon)
    await event_makers.made(world, bob, title="Secret night of seraphs", starts_at=soon, status="pending")
    step: Step = ("list_upcoming_events", {})
    listed = output_of(await asked(world, ann, "What is on?", step, lambda output: output))
    assert "Night of seraphs: " in listed
    assert "Secret" not in listed
    await api.as_(bob).user.BlockUser(user_id=ann.id)
    assert "seraphs" not in output_of(await asked(world, ann, "What is on?", step, lambda output: output))


async def test_it_lists_events_that_come(world: World) -> None:
    ann, bob = await world.users(2)
    # The soonest of all that the tests of this process have made.
    soon = clock.now() + timedelta(minutes=2)
    await event_makers.made(world, bob, title="Night of psalms", starts_at=soon)
    listed = output_of(await asked(world, ann, "What is on?", ("list_upcoming_events", {}), lambda output: output))
    assert "Night of psalms: " in listed


async def test_a_banned_person_is_told_nothing(world: World) -> None:
    ann = await world.user()
    async with conversing(world, ann, Script(("list_upcoming_events", {}), lambda _: "I cannot look.")) as session:
        await world.ban(ann)
        result: RunResult[Any] = await session.run(user_input="What is on?")
    result.expect.next_event().is_function_call(name="list_upcoming_events")
    result.expect.next_event().is_function_call_output(is_error=True)


async def test_a_failing_tool_is_survived(world: World) -> None:
    ann = await world.user()

    def broken() -> str:
        raise RuntimeError("a secret detail")

    def away() -> str:
        raise ToolError("This cannot be looked up at the moment.")

    for tool in (broken, away):
        script = Script(("list_upcoming_events", {}), lambda _: "I cannot look that up.", lambda _: "Amen.")
        async with conversing(world, ann, script) as session:
            with mock_tools(Companion, {"list_upcoming_events": tool}):
                result: RunResult[Any] = await session.run(user_input="What is on?")
            result.expect.next_event().is_function_call()
            failed: Any = result.expect.next_event().is_function_call_output(is_error=True).event()
            assert "secret" not in failed.item.output
            result.expect.next_event().is_message(role="assistant")
            again: RunResult[Any] = await session.run(user_input="Thank you.")
            again.expect.next_event().is_message(role="assistant")


async def test_a_database_that_hangs_does_not_leave_the_person_in_silence(world: World, monkeypatch: Any) -> None:
    ann = await world.user()
    monkeypatch.setattr("cnt_grpc.live.talk.character.TOOL_SECONDS", 0.05)

    async def hangs(self: Knowledge) -> str:
        await asyncio.sleep(30)
        return ""

    monkeypatch.setattr(Knowledge, "events", hangs)
    result = await asked(world, ann, "What is on?", ("list_upcoming_events", {}), lambda _: "I cannot look.")
    result.expect.next_event().is_function_call()
    result.expect.next_event().is_function_call_output(is_error=True)
    result.expect.next_event().is_message(role="assistant")
