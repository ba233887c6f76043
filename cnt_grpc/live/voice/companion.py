"""The voice agent in one person's room: its character and its tools, as LiveKit's framework wants them."""

from collections.abc import Coroutine
from typing import Any

from livekit.agents import Agent, ToolError, function_tool
from livekit.agents.llm import RawFunctionTool

from cnt_grpc.live.talk.character import FAILED, INSTRUCTIONS, TOOLS, Tool, ToolFailedError
from cnt_grpc.live.talk.knowledge import Knowledge


class Companion(Agent):
    """The agent in one person's room."""

    def __init__(self, knowledge: Knowledge) -> None:
        super().__init__(instructions=INSTRUCTIONS, tools=[_offered(tool, knowledge) for tool in TOOLS])


def _offered(tool: Tool, knowledge: Knowledge) -> RawFunctionTool[[dict[str, object]], Coroutine[Any, Any, str]]:
    """The tool for this person; whatever goes wrong is told to the model, which goes on without it."""

    async def look(raw_arguments: dict[str, object]) -> str:
        try:
            return await tool.used(knowledge, raw_arguments)
        except ToolFailedError as error:
            raise ToolError(FAILED) from error

    return function_tool(look, raw_schema=tool.schema)
