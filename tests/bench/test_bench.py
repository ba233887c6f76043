"""The bench runs, at a size that says nothing about speed: no time is asserted here."""

import re
import shutil
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import __main__ as program
from bench import gifts, overload, plays, quotes, report, streams, uploads
from bench.__main__ import NAMES, Plan, Run
from bench.cases import Way, cases
from bench.measure import Effort
from bench.system import Database, database
from bench.wire import Connection, WireError, headers
from cnt_grpc.kit import seal
from tests.conftest import SECRET_KEY

TINY = Plan(
    Effort(1, 0.05, 0.0),
    Effort(1, 0.05, 0.0),
    processes=(1,),
    overload_seconds=0.2,
    streams=20,
    quotes=2,
    edits=(2, 1, 1),
    uploads=(2, 1),
    plays=(20, 0.1),
    gifts=(1, 1),
)


@pytest.fixture(scope="module")
def found() -> Iterator[Database]:
    with database(podcasts=60) as made:
        yield made
    # The bench signs with a key of its own, and there is one key a process.
    seal.configure(SECRET_KEY)


def test_every_call_is_compared_on_every_way(found: Database, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(TINY, [case.key for case in cases(podcast_id=1)])
    run.measure(found)
    expected = [(case.key, way) for case in cases(podcast_id=1) for way in case.ways]
    assert Counter((result.case.key, result.way) for result in run.results) == Counter(expected)
    for result in run.results:
        assert result.rate_ratio > 0
        assert result.cpu_ratio > 0
        if result.case.key in ("cached", "list", "uncached"):
            assert result.answer > 20 * 100, "a page of 20"
    assert len(capsys.readouterr().out.splitlines()) == len(expected) + 1


def test_the_results_go_into_the_page(found: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(TINY, ["ping"])
    run.measure(found)
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    monkeypatch.setattr(report, "PAGE", page)
    report.write(report.markdown(run.results, [report.Promise("sheds", "all", "most", holds=True)]))
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert text.count("| Ping: nothing |") == len(Way)
    assert "| sheds | all | most | ok |" in text


def test_the_page_has_a_place_for_the_results() -> None:
    assert re.search(f"{report.BEGIN}.*{report.END}", report.PAGE.read_text(), re.DOTALL)


def test_what_is_too_much_is_refused_by_the_edge(found: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overload, "FILLING_SECONDS", 0.1)
    assert len(overload.measure(found, seconds=TINY.overload_seconds)) == 2


def test_watchers_hear_what_they_are_told(found: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "UNARY_SECONDS", 0.2)
    monkeypatch.setattr(streams, "FEEDING_SECONDS", 0.1)
    assert len(list(streams.measure(found, streams=TINY.streams))) == 4


def test_list_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(NAMES)


def test_what_does_not_exist_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program.main(["speed"])
    assert "nothing is called speed" in capsys.readouterr().err


def test_a_server_that_hangs_up_is_an_error_and_no_endless_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_hang_up, args=(server,))
        thread.start()
        port: int = server.getsockname()[1]
        connection = Connection("127.0.0.1", port, headers("GET", "http", "x", "/", ()))
        thread.join()
        with pytest.raises((OSError, WireError)):
            connection.receive()
        connection.close()


def _hang_up(server: socket.socket) -> None:
    server.accept()[0].close()


def test_quote_images_are_drawn_and_counted() -> None:
    [promise] = quotes.measure(posts=2)
    assert "posts a minute" in promise.measured


def test_uploads_are_timed_and_their_memory_looked_at(found: Database) -> None:
    memory, rate = uploads.measure(found, megabytes=2, rounds=1)
    assert re.search(r"more than with a small one \(.+\)", memory.measured)
    assert re.fullmatch(r"[0-9.]+ \([0-9,]+ MB/s of [0-9,]+\)", rate.measured)


def test_gifts_are_given_in_turns_with_pgbench(found: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gifts, "SCALE", 1)
    measured = [promise.measured for promise in gifts.measure(found, seconds=1, rounds=1)]
    if shutil.which("pgbench") is None:
        assert measured == ["not measured: there is no pgbench here"]
        return
    assert len(measured) == 2
    for each in measured:
        rate = re.fullmatch(r"([0-9,]+)/s: [0-9.]+", each)
        assert rate is not None
        assert int(rate[1].replace(",", "")) > 0


def test_a_crowd_plays_while_others_read(found: Database) -> None:
    [promise] = plays.measure(found, plays=20, seconds=0.2)
    assert promise.measured.endswith("times as long")
