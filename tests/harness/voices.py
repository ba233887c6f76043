"""Stand-ins for OpenAI and Deepgram: their HTTP and WebSocket protocols; a mind, an ear and a voice made of rules.

What the mind does follows from the last words of the person:

    Say: Peace be with you.             says that, a word at a time
    read_bible_story {"words": "Ark"}   uses that tool, and says what it gave
    Count.                              says numbers, and comes to no end
    anything else                       uses list_upcoming_events, and says what it gave
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiohttp import WSMsgType, web

OPENAI_KEY = "a key of OpenAI, for tests"
DEEPGRAM_KEY = "a key of Deepgram, for tests"
QUESTION = "What is on in our church?"
"""What the ear understands whenever it hears something."""
RATE = 24_000
Write = Callable[[dict[str, Any]], Awaitable[None]]
LOUD = 1000
"""From this sample on something is heard."""


@dataclass
class VoicesStandIn:
    """A model that asks its last tool once and repeats what it was told; a person always asks the same question."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    """What the model was asked, oldest first."""
    heard: list[dict[str, str]] = field(default_factory=list)
    """How each connection to the ear was made."""
    said: list[str] = field(default_factory=list)
    """What was to be spoken."""
    is_mute: bool = False
    """Takes words, and never gives sound for them."""
    is_deaf: bool = False
    """Takes sound, and never understands a word."""
    is_lost: bool = False
    """Takes questions, and never finds a word."""
    is_broken: bool = False
    """Answers every question with an error of its own."""
    trouble: str = ""
    """Of the model's answer: `refused` for what was asked, `cut` in its middle, or `junk` or an `error` in it."""
    is_rude: bool = False
    """Never answers a goodbye on the connection to the ear."""
    left: int = 0
    """Answers whose reader went away before their end."""

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] != f"Bearer {OPENAI_KEY}":
            return web.json_response({"error": {"message": "Incorrect API key provided"}}, status=401)
        asked = await request.json()
        self.asked.append(asked)
        assert asked["stream"]
        if self.is_broken:
            return web.json_response({"error": {"message": "The server had an error"}}, status=500)
        if self.trouble == "refused":
            return web.json_response({"error": {"message": "This model has a shorter memory"}}, status=400)
        answer = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await answer.prepare(request)
        if self.is_lost:
            await asyncio.sleep(60)
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": asked["model"]}

        async def write(delta: dict[str, Any], reason: str | None = None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": reason}
            await answer.write(f"data: {json.dumps({**head, 'choices': [choice]})}\n\n".encode())

        last = asked["messages"][-1]
        if self.trouble:
            await write({"role": "assistant", "content": "I "})
            broken = {"junk": b"data: {no json\n\n", "error": b'data: {"error": {"message": "Overloaded"}}\n\n'}
            await answer.write(broken.get(self.trouble, b""))
            return answer
        try:
            await _find_words(write, last)
        except ConnectionResetError:
            self.left += 1
            return answer
        await write({}, "tool_calls" if last["role"] == "user" else "stop")
        await answer.write(b"data: [DONE]\n\n")
        return answer

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] != f"Token {DEEPGRAM_KEY}":
            return web.json_response({"err_code": "INVALID_AUTH"}, status=401)
        self.heard.append(dict(request.query))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if self.is_rude:
            await asyncio.sleep(60)
        hears = False
        async for message in socket:
            kind = json.loads(message.data)["type"] if message.type is WSMsgType.TEXT else ""
            if kind == "CloseStream":
                break
            if kind == "Finalize" and not self.is_deaf:
                await socket.send_json({**_understood(QUESTION if hears else ""), "from_finalize": True})
                hears = False
            if message.type is not WSMsgType.BINARY or self.is_deaf:
                continue
            loud = bool(np.abs(np.frombuffer(message.data, np.int16).astype(np.int32)).max(initial=0) > LOUD)
            if loud and not hears:
                await socket.send_json({"type": "SpeechStarted", "channel": [0], "timestamp": 0.0})
            if hears and not loud:
                await socket.send_json(_understood(QUESTION))
            elif request.query.get("interim_results") == "true":
                guess = QUESTION.partition(" in")[0] if loud else ""
                await socket.send_json({**_understood(guess), "is_final": False, "speech_final": False})
            hears = loud
        await socket.close()
        return socket

    async def _speak_at_once(self, request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] != f"Token {DEEPGRAM_KEY}":
            return web.json_response({"err_code": "INVALID_AUTH"}, status=401)
        assert (request.query["encoding"], request.query["sample_rate"]) == ("linear16", str(RATE))
        assert request.query["container"] == "none"
        self.said.append((await request.json())["text"])
        answer = web.StreamResponse(headers={"content-type": "audio/l16"})
        await answer.prepare(request)
        if self.is_mute:
            await asyncio.sleep(60)
        sound = _tone()
        # Cut in the middle of samples, as networks do.
        with suppress(ConnectionResetError):  # whoever listened has gone
            for start in range(0, len(sound), 4001):
                await answer.write(sound[start : start + 4001])
        return answer

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] != f"Token {DEEPGRAM_KEY}":
            return web.json_response({"err_code": "INVALID_AUTH"}, status=401)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        words = ""
        async for message in socket:
            match json.loads(message.data):
                case {"type": "Speak", "text": text}:
                    words += text
                case {"type": "Flush"}:
                    self.said.append(words.strip())
                    words = ""
                    if self.is_mute:
                        continue
                    await socket.send_bytes(_tone())
                    await socket.send_json({"type": "Flushed", "sequence_id": 0})
                case {"type": "Close"}:
                    break
        await socket.close()
        return socket

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[VoicesStandIn]:
        """Answer on a free port until the block ends."""
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/listen", self._listen)
        app.router.add_get("/v1/speak", self._speak)
        app.router.add_post("/v1/speak", self._speak_at_once)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        await asyncio.sleep(0)
        await runner.cleanup()


async def _find_words(write: Write, last: dict[str, Any]) -> None:
    """What this mind does about the last line of a conversation."""
    if last["role"] == "tool":
        await write({"role": "assistant", "content": f"I found this: {last['content']}"})
    elif words := re.fullmatch("Say: (.*)", last["content"], re.DOTALL):
        for word in re.findall(r"\S+\s*", words[1]):
            await write({"role": "assistant", "content": word})
    elif last["content"] == "Count.":
        for number in itertools.count(1):
            await write({"role": "assistant", "content": f"{number}. "})
            await asyncio.sleep(0.02)
    else:
        await _use_tool(write, last["content"])


async def _use_tool(write: Write, words: str) -> None:
    """Ask for the tool that the words name, its arguments in two pieces as a model writes them."""
    named = re.fullmatch(r"(\w+) (\{.*\})", words)
    name, arguments = named.groups() if named else ("list_upcoming_events", "{}")
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments[:1]}}
    await write({"role": "assistant", "tool_calls": [call]})
    await write({"tool_calls": [{"index": 0, "function": {"arguments": arguments[1:]}}]})


def _tone() -> bytes:
    """A second of sound."""
    return (np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE) * 12_000).astype(np.int16).tobytes()


def _understood(words: str) -> dict[str, Any]:
    each = [
        {"word": word.lower().strip("?"), "punctuated_word": word, "start": 0.2, "end": 0.4, "confidence": 0.99}
        for word in words.split()
    ]
    return {
        "type": "Results",
        "channel_index": [0, 1],
        "duration": 1.0,
        "start": 0.0,
        "is_final": True,
        "speech_final": True,
        "channel": {"alternatives": [{"transcript": words, "confidence": 0.99, "words": each}]},
        "metadata": {"request_id": "00000000-0000-0000-0000-000000000001"},
    }
