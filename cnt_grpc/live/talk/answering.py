"""One answer of the voice agent: a model finds the words, and may have things looked up before."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from cnt_grpc.live.openai import Line, Mind, ToolCall
from cnt_grpc.live.talk.character import FAILED, INSTRUCTIONS, TOOLS, ToolFailedError
from cnt_grpc.live.talk.knowledge import Knowledge

ROUNDS: Final = 3
"""How often a model may look things up for one answer; then it answers with what it has."""
_AT_ONCE: Final = 3
"""Tools that are used in one round."""

_BY_NAME = {tool.name: tool for tool in TOOLS}


@dataclass(frozen=True, slots=True)
class Lookup:
    """Something is looked up."""

    tool: str


async def answer(mind: Mind, knowledge: Knowledge, lines: Sequence[Line]) -> AsyncGenerator[str | Lookup, None]:
    """The words of the answer to what was said last, as they are found. Raises Unavailable."""
    thread: list[Line] = [{"role": "system", "content": INSTRUCTIONS}, *lines]
    for left in reversed(range(ROUNDS + 1)):
        calls: list[ToolCall] = []
        said = ""
        tools = [tool.schema for tool in TOOLS] if left else []
        async with aclosing(mind.think(thread, tools)) as parts:
            async for part in parts:
                if isinstance(part, ToolCall):
                    calls.append(part)
                else:
                    said += part
                    yield part
        if not calls or not left:
            return
        del calls[_AT_ONCE:]
        thread.append({"role": "assistant", "content": said or None, "tool_calls": list(map(_asked, calls))})
        for call in calls:
            if call.name in _BY_NAME:
                yield Lookup(call.name)
            thread.append({"role": "tool", "tool_call_id": call.call_id, "content": await _used(knowledge, call)})


def _asked(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.call_id, "type": "function", "function": function}


async def _used(knowledge: Knowledge, call: ToolCall) -> str:
    """What the tool gives, or a sentence on why it gives nothing: the model goes on with either."""
    tool = _BY_NAME.get(call.name)
    if tool is None:
        return "There is no such tool."
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        return "These arguments are no JSON."
    try:
        return await tool.used(knowledge, arguments if isinstance(arguments, dict) else {})
    except ToolFailedError:
        return FAILED


class Sentences:
    """Cuts words that come in pieces into sentences, so that the first is spoken while the last is not yet found."""

    def __init__(self) -> None:
        self._rest = ""

    def add(self, words: str) -> list[str]:
        """The sentences that are complete now."""
        self._rest += words
        found = []
        while (end := _end_of_sentence(self._rest)) > 0:
            found.append(self._rest[:end].strip())
            self._rest = self._rest[end:]
        return [sentence for sentence in found if sentence]

    def rest(self) -> list[str]:
        """What is left when no more words come."""
        last, self._rest = self._rest.strip(), ""
        return [last] if last else []


_LONGEST = 1000
"""Characters: Deepgram speaks 2,000 at once."""


def _end_of_sentence(words: str) -> int:
    """Where the first sentence ends: behind its mark, when a space follows; 0 while it may still go on."""
    for at, letter in enumerate(words[:-1]):
        if letter in ".!?…\n。！？" and (words[at + 1].isspace() or letter in "\n。！？"):  # noqa: RUF001
            return at + 1
    return _LONGEST if len(words) > _LONGEST else 0
