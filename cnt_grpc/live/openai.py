"""OpenAI: the model that finds the words of the voice agent's answers, over its streamed chat completions."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Protocol

import aiohttp
import structlog

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import Party
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason

_log = structlog.get_logger("cnt.openai")

MODEL: Final = "gpt-4o-mini"
PATIENCE: Final = 10.0
"""Seconds until the first words come, and between two pieces: after that nobody waits in silence any more."""
LONGEST: Final = 300
"""Tokens of an answer: two or three sentences, and what a tool is asked with."""

OK = 200

Line = Mapping[str, Any]
"""A message of a conversation in OpenAI's own form: role, content and, where there are any, calls of tools."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants something looked up."""

    call_id: str
    name: str
    arguments: str
    """JSON, as the model wrote it: it may be wrong."""


class Mind(Protocol):
    """What the voice agent asks of a model."""

    def think(self, lines: Sequence[Line], tools: Sequence[Line]) -> AsyncGenerator[str | ToolCall, None]:
        """The next words of the answer as they are found, then what is to be looked up. Raises Unavailable."""
        ...

    async def aclose(self) -> None:
        """Let go of its connections."""
        ...


class OpenAI:
    """OpenAI over HTTP."""

    def __init__(self, key: str, url: str) -> None:
        self.party = Party("openai", PATIENCE)
        self._key = key
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._session: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        """See Mind."""
        if self._session is not None:
            await self._session.close()

    async def think(self, lines: Sequence[Line], tools: Sequence[Line]) -> AsyncGenerator[str | ToolCall, None]:
        """See Mind."""
        asked: dict[str, Any] = {
            "model": MODEL,
            "messages": list(lines),
            "stream": True,
            "max_completion_tokens": LONGEST,
        }
        if tools:
            asked["tools"] = [{"type": "function", "function": tool} for tool in tools]
        calls: dict[int, dict[str, str]] = {}
        async with aclosing(self._choices(asked)) as choices:
            while True:
                # Each piece has its own time: what is slow as a whole may be right, what stands still is stuck.
                async with self.party.call():
                    choice = await anext(choices, None)
                if choice is None:
                    break
                delta = choice.get("delta") or {}
                for part in delta.get("tool_calls") or ():
                    _gather(calls, part)
                if delta.get("content"):
                    yield delta["content"]
        for call in calls.values():
            yield ToolCall(call["id"], call["name"], call["arguments"])

    async def _choices(self, asked: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """The first choice of each event that comes."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        headers = {"authorization": f"Bearer {self._key}"}
        try:
            async with self._session.post(self._url, json=asked, headers=headers) as answer:
                if answer.status != OK:
                    self._refused(answer.status)
                async for raw in answer.content:
                    event = raw.strip().removeprefix(b"data:").strip()
                    if event == b"[DONE]":
                        return
                    if event.startswith(b"{"):
                        for choice in (json.loads(event).get("choices") or ())[:1]:
                            yield choice
        except aiohttp.ClientError as error:
            raise OSError("the connection to OpenAI broke") from error
        except ValueError as error:
            raise OSError("OpenAI sent something that is no JSON") from error
        raise OSError("OpenAI's answer broke off")

    def _refused(self, status: int) -> None:
        self.party.failed()
        _log.error("OpenAI refuses", status=status)
        raise Unavailable(CommonReason.PARTY_UNAVAILABLE, f"openai: {status}", party="openai")


def _gather(calls: dict[int, dict[str, str]], part: Mapping[str, Any]) -> None:
    """Add a piece of a tool's call to what came of it before."""
    call = calls.setdefault(part.get("index", 0), {"id": "", "name": "", "arguments": ""})
    function = part.get("function") or {}
    call["id"] = part.get("id") or call["id"]
    call["name"] += function.get("name") or ""
    call["arguments"] += function.get("arguments") or ""
