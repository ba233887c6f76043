"""`make gen` goes on around a proto that does not compile."""

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tools import generate


def test_importers_of_a_broken_proto_are_left_out_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    protos = {
        "proto/cnt/a/v1/a.proto": "",
        "proto/cnt/a/v1/b.proto": 'import "cnt/a/v1/a.proto";\n',
        "proto/cnt/c/v1/c.proto": 'import public "cnt/a/v1/b.proto";\n',
        "proto/cnt/d/v1/d.proto": 'import "google/api/http.proto";\n',
    }
    for name, text in protos.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    assert generate.with_importers({"proto/cnt/a/v1/a.proto"}) == protos.keys() - {"proto/cnt/d/v1/d.proto"}
    assert generate.with_importers({"proto/cnt/d/v1/d.proto"}) == {"proto/cnt/d/v1/d.proto"}


def test_what_describes_the_whole_contract_is_left_alone_while_a_proto_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(folder: Path, broken: set[str]) -> set[str]:
        def pretend(_: list[str], *, check: bool) -> CompletedProcess[bytes]:
            for name in (generate.IMAGE, generate.OPENAPI, "described.binpb", "cnt_grpc/pb/x_pb2.py"):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(b"made")
            return CompletedProcess([], int(check))

        folder.mkdir()
        monkeypatch.setattr("subprocess.run", pretend)
        return {str(path) for path in generate.generate(folder, broken)}

    assert made(tmp_path / "well", set()) == {"cnt_grpc/pb/x_pb2.py", generate.IMAGE, generate.OPENAPI}
    assert made(tmp_path / "ill", {"proto/broken.proto"}) == {"cnt_grpc/pb/x_pb2.py"}


def test_only_what_differs_is_written_and_what_is_stale_goes(tmp_path: Path) -> None:
    same, changed, stale = (tmp_path / "pb" / name for name in ("same.py", "changed.py", "old/stale.py"))
    stale.parent.mkdir(parents=True)
    for path in (same, changed, stale):
        path.write_text("old")
    before = same.stat().st_mtime_ns
    generate.place({same: b"old", changed: b"new"}, {stale})
    assert same.stat().st_mtime_ns == before
    assert changed.read_text() == "new"
    assert not stale.parent.exists()
