"""Quote images: how many posts a worker draws in a minute of one processor, stored and examined as in the product."""

import asyncio
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.report import Promise
from cnt_grpc import media
from cnt_grpc.community import quotes
from cnt_grpc.community.quotes import Words
from cnt_grpc.media.local import LocalStorage

LEAST: Final = 100
"""Posts a minute."""

_SENTENCES: Final = (
    "For God so loved the world, that he gave his only begotten Son. ",
    "لأنه هكذا أحب الله العالم حتى بذل ابنه الوحيد. ",
    "כי כה אהב אלהים את העולם. ",
    "神爱世人，甚至将他的独生子赐给他们。",  # noqa: RUF001 # as it is written
    "क्योंकि परमेश्वर ने जगत से ऐसा प्रेम रखा। ",
    "እግዚአብሔር ዓለሙን እንዲሁ ወዶአልና። ",
    "Praise 🙏🏾 God! 😀❤️ ",
)
_CATEGORIES: Final = ("testimony", "prayer_request", "question", "announcement", "general")


def measure(*, posts: int) -> Iterator[Promise]:
    """Draw so many posts, one after the other: short ones, long ones, and those of 5,000 letters."""
    with tempfile.TemporaryDirectory() as folder:
        before = _processor_seconds()
        asyncio.run(_draw(Path(folder), posts))
        spent = _processor_seconds() - before
    rate = posts * 60 / spent
    yield Promise(
        f"quote images of {posts} posts in seven scripts, drawn, examined and stored",
        f"{rate:,.0f} posts a minute of one processor",
        f"{LEAST} or more",
        holds=rate >= LEAST,
    )


async def _draw(folder: Path, posts: int) -> None:
    workshop = media.Workshop(LocalStorage(folder))
    for number in range(posts):
        sentence = _SENTENCES[number % len(_SENTENCES)]
        length = 5000 if number % 20 == 19 else 60 * (1 + number % 10)
        text = (sentence * (length // len(sentence) + 1))[:length]
        title = "A word for today" if number % 2 else ""
        drawn = quotes.draw(Words(number, title, text, _CATEGORIES[number % len(_CATEGORIES)]))
        await workshop.hand_in(drawn.upright, f"images/quotes/quote_{number}.jpg")
        await workshop.hand_in(drawn.lying, f"images/quotes/quote_{number}_landscape.jpg")


def _processor_seconds() -> float:
    """Of this process and of the examiners that it started."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
