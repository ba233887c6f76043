"""Skips are free on a developer's machine and failures where everything must run."""

import pytest

from tests import machine


@pytest.mark.parametrize(
    ("reason", "right"),
    [
        ("needs a program that is missing: chromium", False),
        ("needs a program that is missing: valgrind", True),
        ("later", False),
    ],
)
def test_ci_lets_only_named_programs_be_missing(monkeypatch: pytest.MonkeyPatch, reason: str, right: bool) -> None:
    monkeypatch.setenv("CNT_REQUIRE_ALL", "1")
    monkeypatch.setenv("CNT_MAY_MISS", "valgrind")
    assert machine.may_skip(f"Skipped: {reason}") is right
    monkeypatch.delenv("CNT_REQUIRE_ALL")
    assert machine.may_skip(reason)


@pytest.mark.parametrize(("go", "right"), [("/usr/bin/go", False), (None, True)])
def test_programs_of_go_may_be_missing_where_go_is(
    monkeypatch: pytest.MonkeyPatch, go: str | None, right: bool
) -> None:
    monkeypatch.setenv("CNT_REQUIRE_ALL", "1")
    monkeypatch.setattr("tests.machine.shutil.which", lambda _: go)
    assert machine.may_skip("Skipped: needs a program that is missing: livekit-server") is right


@pytest.mark.parametrize(
    ("module", "outcome"),
    [
        ("import pytest\ndef test_later(): pytest.skip('later')", {"failed": 1}),
        ("import pytest\npytest.skip('never', allow_module_level=True)", {"errors": 1}),
        ("import pytest\n@pytest.mark.xfail\ndef test_known(): assert 0", {"xfailed": 1}),
    ],
)
def test_a_forbidden_skip_fails_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, module: str, outcome: dict[str, int]
) -> None:
    monkeypatch.setenv("CNT_REQUIRE_ALL", "1")
    pytester.makepyfile(module)
    plugins = ["tests.machine", "no:asyncio", "no:randomly", "no:xdist"]
    pytester.runpytest_inprocess(*(f"-p{name}" for name in plugins)).assert_outcomes(**outcome)
