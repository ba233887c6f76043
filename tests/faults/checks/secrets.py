"""Secrets: planted canaries stand in no log, in no refusal and nowhere in a dump of the database."""

import asyncio
import subprocess

from ahocorasick_rs import AhoCorasick

from cnt_grpc.dev.cluster import binaries
from tests.faults.whole import Whole


async def check(whole: Whole) -> None:
    """Look for each canary, as text and as the bytes of a dump are written."""
    places = {path.name: path.read_text(errors="replace") for path in whole.folder.glob("*.log")}
    if whole.edge is not None:
        places |= {path.name: path.read_text(errors="replace") for path in whole.edge.folder.glob("*.log")}
    places["refusals"] = "\n".join(whole.refused)
    places["dump"] = await asyncio.to_thread(_dump, whole.dsn)
    found = await asyncio.to_thread(_found, sorted(whole.canaries), places)
    assert not found, "; ".join(found[:10])


def _found(canaries: list[str], places: dict[str, str]) -> list[str]:
    """All canaries in one pass over each place: thousands of them, and a full run's dump has hundreds of megabytes."""
    forms = [form for canary in canaries for form in (canary, canary.encode().hex())]
    finder = AhoCorasick(forms)
    return [
        f"{canaries[number // 2][:12]}… in {name}"
        for name, text in places.items()
        for number in {match[0] for match in finder.find_matches_as_indexes(text)}
    ]


def _dump(dsn: str) -> str:
    command = [str(binaries() / "pg_dump"), "--data-only", "--inserts", f"--dbname={dsn}"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
