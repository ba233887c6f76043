"""What the voice agent can look up for the person in its room: what that person could see by themselves, as words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from cnt_grpc import auth, community, content, search
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.rpc.call import Caller

T = TypeVar("T")

_FEW: Final = 5
_TEXT: Final = 300
"""Characters of a thing's text."""
_STORY: Final = 6000
"""Characters of a story: some minutes to read, and not too much for a model."""

NOTHING: Final = "Nothing was found."


class AwayError(Exception):
    """The person may not use the platform any more."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Of one person's conversation. Their rights are read anew each time: they may change while they speak."""

    db: Database
    user_id: int

    async def is_allowed(self) -> bool:
        """Whether the person may still use the platform."""
        async with self.db.reading() as tx:
            return await auth.caller_of(tx, self.user_id) is not None

    async def found(self, words: str) -> str:
        """What is published that has these words. Raises AwayError."""
        rows = await self._as_them(lambda tx, caller: search.best(tx, caller, words, _FEW))
        return "\n".join(map(_line, rows)) or NOTHING

    async def story(self, words: str) -> str:
        """The Bible story that matches best. Raises AwayError."""
        row = await self._as_them(lambda tx, caller: _best_story(tx, caller, words))
        if row is None:
            return NOTHING
        return f"{row['title']} ({row['scripture_reference']})\n{row['text'][:_STORY]}"

    async def events(self) -> str:
        """What happens next. Raises AwayError."""
        rows = await self._as_them(lambda tx, caller: community.upcoming_events(tx, caller, _FEW))
        return "\n".join(_event(row) for row in rows) or "No events are coming up."

    async def _as_them(self, work: Callable[[Tx, Caller], Awaitable[T]]) -> T:
        async with self.db.reading() as tx:
            caller = await auth.caller_of(tx, self.user_id)
            if caller is None:
                raise AwayError
            return await work(tx, caller)


async def _best_story(tx: Tx, caller: Caller, words: str) -> Row | None:
    for story_id in (await search.refs(tx, caller, words, search.Kind.BIBLE_STORY))[:_FEW]:
        try:
            return await content.bible_story(tx, caller, story_id)
        except NotFound:
            continue  # hidden since, or not for this person
    return None


def _line(row: Row) -> str:
    of = f" ({row['subtitle']})" if row["subtitle"] else ""
    return f"{row['kind'].replace('_', ' ')}: {row['title']}{of}. {row['text'][:_TEXT]}"


def _event(row: Row) -> str:
    return f"{row['title']}: {row['starts_at']:%A, %d %B %Y, %H:%M} UTC, {row['location'] or 'no place given'}"
