"""What a test needs of the machine it runs on, and what happens where that is missing.

On a developer's machine a test that needs a missing program is skipped. With CNT_REQUIRE_ALL=1 (CI sets it) every skip
is a failure, however it was made, so that a suite can not shrink unseen. MAY_BE_MISSING lists the exceptions; a machine
that has no way to get a program adds it with CNT_MAY_MISS="chromium other".
"""

import os
import shutil
from collections.abc import Generator

import pytest

MAY_BE_MISSING = {
    "livekit-server": "its adapter is tested against our own small peer as well",
    "stripe-mock": "its adapter is tested against our own small peer as well",
    "versitygw": "storage is tested against another S3 server as well",
    "grpcurl": "buf curl speaks to the same reflection service",
}
"""Go programs, which tools/install-peers builds: they may be missing only where Go is."""
_MISSING = "needs a program that is missing: "


def program(name: str, *other_names: str) -> str:
    """The path of a program, or a skip of the test that asks for it."""
    for candidate in (name, *other_names):
        if path := shutil.which(candidate):
            return path
    pytest.skip(_MISSING + name)


def may_skip(reason: str) -> bool:
    """Whether a skip for `reason` is right on this machine."""
    if os.environ.get("CNT_REQUIRE_ALL") != "1":
        return True
    of_go = () if shutil.which("go") else MAY_BE_MISSING
    allowed = {*of_go, *os.environ.get("CNT_MAY_MISS", "").split()}
    _, found, name = reason.partition(_MISSING)
    return bool(found) and name in allowed


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fails a test that skipped without leave; an expected failure (xfail) is none of these."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _judge(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that skips itself when it is read."""
    report = yield
    _judge(report)
    return report


def _judge(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and isinstance(report.longrepr, tuple) and not may_skip(report.longrepr[2]):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped (CNT_REQUIRE_ALL=1): {report.longrepr[2]}"
