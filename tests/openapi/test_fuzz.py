"""A property-based fuzzer drives the system by its OpenAPI document, through Envoy: it never breaks, nor surprises.

CNT_OPENAPI_EXAMPLES sets how many calls of each operation (2; `make fuzz` takes 100, and the fuzzer's systematic cases
too), CNT_OPENAPI_SEED which ones, CNT_OPENAPI_ARGS gives the fuzzer more options, such as one operation to begin with.
"""

import asyncio
import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from cnt_grpc import http
from tests.edge.edges import ROOT, Edge
from tests.harness.world import World

EXAMPLES = int(os.environ.get("CNT_OPENAPI_EXAMPLES", "2"))
SEED = int(os.environ.get("CNT_OPENAPI_SEED", "1"))
MORE = shlex.split(os.environ.get("CNT_OPENAPI_ARGS", ""))
FEW = 10
"""Up to so many examples, the systematic cases (dozens an operation) stay out."""

DOCUMENT = Path(http.__file__).with_name("openapi.json")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "documented_reason",
)


def operations() -> list[dict[str, Any]]:
    """Every operation of the document."""
    paths = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
    return [operation for verbs in paths.values() for operation in verbs.values()]


def is_stream(operation: dict[str, Any]) -> bool:
    """Whether the answer does not end by itself; the fuzzer would wait for its end."""
    return any("x-stream" in media for media in operation["responses"]["200"]["content"].values())


@pytest.mark.timeout(120 + 30 * EXAMPLES)
async def test_no_defect_and_no_undocumented_answer(gate: Edge, world: World, tmp_path: Path) -> None:
    everything = {"creator", "moderator", "admin"}
    tokens = {each["operationId"]: (await world.user(roles=everything, fresh=True)).token for each in operations()}
    people = tmp_path / "tokens.json"
    people.write_text(json.dumps(tokens), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("schemathesis"),
        *("run", str(DOCUMENT), "--url", gate.url, "--checks", ",".join(CHECKS)),
        *("--phases", "fuzzing" if EXAMPLES <= FEW else "coverage,fuzzing"),
        *("--max-examples", str(EXAMPLES), "--seed", str(SEED), "--workers", "2", "--continue-on-failure"),
        *("--request-timeout", "60", "--suppress-health-check", "all", "--warnings", "off"),
        *("--no-color", "--no-shrink"),
        *(word for each in operations() if is_stream(each) for word in ("--exclude-operation-id", each["operationId"])),
        *MORE,
        cwd=tmp_path,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.openapi.hooks",
            "CNT_OPENAPI": str(DOCUMENT),
            "CNT_OPENAPI_TOKENS": str(people),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, output.decode()
    assert await answered(gate) > len(tokens) / 3, "hardly anything that the fuzzer asked was understood"


async def answered(gate: Edge) -> int:
    """How many methods have ever answered with success, as the edge's log says a moment later."""
    await asyncio.sleep(1)
    return len({line["path"] for line in gate.log() if line["status"] == 200})
