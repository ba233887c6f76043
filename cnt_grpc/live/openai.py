"""OpenAI: the model that finds the words of the voice agent's answers, over its streamed chat completions."""

import asyncio
import importlib
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import Party
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_log = structlog.get_logger("cnt.openai")

MODEL: Final = "gpt-4o-mini"
PATIENCE: Final = 10.0
"""Seconds until the first words come, and between two pieces: after that nobody waits in silence any more."""
LONGEST: Final = 300
"""Tokens of an answer: two or three sentences, and what a tool is asked with."""

_OURS: Final = frozenset({400, 404, 413, 422})
"""Statuses that blame one request: others may well be answered, so they put the party to no rest."""

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
    """OpenAI by its own library, which is loaded when somebody asks first: that takes a second."""

    def __init__(self, key: str, url: str) -> None:
        self.party = Party("openai", PATIENCE)
        self._key = key
        self._url = url
        self._client: AsyncOpenAI | None = None

    async def aclose(self) -> None:
        """See Mind."""
        if self._client is not None:
            await self._client.close()

    async def think(self, lines: Sequence[Line], tools: Sequence[Line]) -> AsyncGenerator[str | ToolCall, None]:
        """See Mind."""
        client = await self._library()
        from openai import omit  # noqa: PLC0415
        from openai.lib.streaming.chat import ChatCompletionStreamState  # noqa: PLC0415

        # Plain dicts of OpenAI's form.
        messages: Any = list(lines)
        offered: Any = [{"type": "function", "function": tool} for tool in tools]
        state: ChatCompletionStreamState[Any] = ChatCompletionStreamState()
        is_whole = False
        with self._told():
            async with self.party.call():
                stream = await client.chat.completions.create(
                    model=MODEL,
                    messages=messages,
                    stream=True,
                    max_completion_tokens=LONGEST,
                    tools=offered or omit,
                )
            async with stream:
                while True:
                    # Each piece has its own time: what is slow as a whole may be right, what stands still is stuck.
                    async with self.party.call():
                        chunk = await anext(stream, None)
                    if chunk is None:
                        break
                    state.handle_chunk(chunk)
                    for choice in chunk.choices[:1]:
                        is_whole |= choice.finish_reason is not None
                        if choice.delta.content:
                            yield choice.delta.content
        if not is_whole:
            raise self._broke("the answer broke off")
        for call in state.current_completion_snapshot.choices[0].message.tool_calls or ():
            yield ToolCall(call.id, call.function.name, call.function.arguments)

    async def _library(self) -> "AsyncOpenAI":
        if self._client is None:
            # In a thread: whoever else is served by this process must not wait for it.
            openai = await asyncio.to_thread(importlib.import_module, "openai")
        if self._client is None:
            self._client = openai.AsyncOpenAI(api_key=self._key, base_url=self._url, max_retries=0, timeout=PATIENCE)
        return self._client

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the library raises, as the one refusal that callers know."""
        import openai  # noqa: PLC0415

        try:
            yield
        except openai.APIStatusError as error:
            if error.status_code not in _OURS:
                self.party.failed()
            _log.error("OpenAI refuses", status=error.status_code)
            raise Unavailable(CommonReason.PARTY_UNAVAILABLE, f"openai: {error.status_code}", party="openai") from error
        except (openai.APIError, ValueError) as error:
            # A connection that broke, an error told within a stream, or something that is no JSON.
            raise self._broke(type(error).__name__) from error

    def _broke(self, why: str) -> Unavailable:
        self.party.failed()
        _log.warning("OpenAI fails", error=why)
        return Unavailable(CommonReason.PARTY_UNAVAILABLE, "openai does not answer", party="openai")
