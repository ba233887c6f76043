"""Refusals of calls whose client sends a stream wait until it has stopped sending, or a moment."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any

import grpc

from cnt_grpc.kit.errors import AppError

SECONDS = 0.25
"""How long a client that is refused is heard at most. grpcio's, if it still sends when the refusal comes, takes the
failed sending for the answer and says INTERNAL.
"""


@dataclass(slots=True)
class HearingOut:
    """The block around such a call."""

    context: Any
    """Its ServicerContext."""

    async def __aenter__(self) -> None:
        """Nothing is to be heard out yet."""

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, AppError):
            with contextlib.suppress(TimeoutError, asyncio.InvalidStateError, grpc.RpcError, grpc.aio.UsageError):
                async with asyncio.timeout(SECONDS):
                    while await self.context.read() is not grpc.aio.EOF:
                        pass
