"""Stand-ins for OpenAI and Deepgram: their HTTP and WebSocket protocols; a mind, an ear and a voice made of rules."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiohttp import WSMsgType, web

OPENAI_KEY = "a key of OpenAI, for tests"
DEEPGRAM_KEY = "a key of Deepgram, for tests"
QUESTION = "What is on in our church?"
"""What the ear understands whenever it hears something."""
RATE = 24_000
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

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] != f"Bearer {OPENAI_KEY}":
            return web.json_response({"error": {"message": "Incorrect API key provided"}}, status=401)
        asked = await request.json()
        self.asked.append(asked)
        assert asked["stream"]
        last = asked["messages"][-1]
        delta: dict[str, Any] = {"role": "assistant"}
        if last["role"] == "tool":
            delta["content"] = f"I found this: {last['content']}"
        else:
            call = {"name": "list_upcoming_events", "arguments": "{}"}
            delta["tool_calls"] = [{"index": 0, "id": "call_1", "type": "function", "function": call}]
        reason = "stop" if "content" in delta else "tool_calls"
        answer = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await answer.prepare(request)
        for choice in (
            {"index": 0, "delta": delta, "finish_reason": None},
            {"index": 0, "delta": {}, "finish_reason": reason},
        ):
            head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": asked["model"]}
            await answer.write(f"data: {json.dumps({**head, 'choices': [choice]})}\n\n".encode())
        await answer.write(b"data: [DONE]\n\n")
        return answer

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] != f"Token {DEEPGRAM_KEY}":
            return web.json_response({"err_code": "INVALID_AUTH"}, status=401)
        self.heard.append(dict(request.query))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hears = False
        async for message in socket:
            if message.type is WSMsgType.TEXT and json.loads(message.data)["type"] == "CloseStream":
                break
            if message.type is not WSMsgType.BINARY or self.is_deaf:
                continue
            loud = bool(np.abs(np.frombuffer(message.data, np.int16).astype(np.int32)).max(initial=0) > LOUD)
            if loud and not hears:
                await socket.send_json({"type": "SpeechStarted", "channel": [0], "timestamp": 0.0})
            if hears and not loud:
                await socket.send_json(_understood(QUESTION))
            hears = loud
        await socket.close()
        return socket

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
                    tone = np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE) * 12_000
                    await socket.send_bytes(tone.astype(np.int16).tobytes())
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
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        await asyncio.sleep(0)
        await runner.cleanup()


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
