"""README's tour as somebody new would type it: every command answers, and the podcast is published in the end."""

import asyncio
import os
import re
import sys
from pathlib import Path

from cnt_grpc import auth
from tests.edge.edges import Edge
from tests.harness.world import World

ROOT = Path(__file__).parents[2]
HERE = "http://localhost:8080"


async def test_the_tour(gate: Edge, world: World, tmp_path: Path) -> None:
    async with world.db.transaction() as tx:
        await auth.create_demo_people(tx)
    [tour, *_] = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert HERE in tour
    commands = tour.replace(HERE, gate.url).replace(".venv/bin/python", sys.executable)
    # Somebody new sees what fails; a test has to be told. The stream is ended as the tour says.
    script = f'set -euo pipefail\ncurl() {{ command curl --fail-with-body --max-time 20 "$@"; }}\n{commands}\nkill %1\n'
    script += 'echo; echo "published $PODCAST"'
    shell = await asyncio.create_subprocess_exec(
        "bash",
        "-m",
        "-c",
        script,
        cwd=tmp_path,
        env={**os.environ, "no_proxy": "*"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(shell.communicate(), 60)
    text = output.decode()
    assert shell.returncode == 0, text
    published = re.search(r"published (\d+)", text)
    assert published is not None, text
    assert f'"content_id":"{published[1]}"' in text, "what moderators see"
    shown = await gate.ask("GET", f"/api/v1/podcasts/{published[1]}")
    assert shown.json["podcast"]["status"] == "REVIEW_STATUS_APPROVED"
