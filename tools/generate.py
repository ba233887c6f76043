"""Generates what is made from the contract and puts it in its place; with --check, says what is not current instead.

Generation runs in a fresh folder. Files move into place one by one and only when they differ, so that nobody's running
program or type checker sees half a tree. A proto that does not compile is reported and left out together with what
imports it; the rest is still generated, so that a half-written room does not stop the others.
"""

from __future__ import annotations

import fcntl
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

OWNED = ("cnt_grpc/pb", "tests/pb", "clients/typescript/src/gen")  # nothing but generated files live here
IMAGE = "envoy/cnt.binpb"
OPENAPI = "cnt_grpc/http/openapi.json"
SOURCES = ("proto", "tests/proto")
BUF = str(Path(sys.executable).with_name("buf"))


def main() -> int:
    """The exit code: 0 when all is well, 1 when a proto is broken, or when --check found a difference."""
    Path("build").mkdir(exist_ok=True)
    with Path("build/generate.lock").open("w") as lock, TemporaryDirectory(dir="build") as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)
        broken = broken_protos()
        made = generate(Path(folder), broken)
        stale = {path for path in present() if path not in made and not broken}
        if "--check" in sys.argv:
            wrong = stale | {path for path, content in made.items() if not same(path, content)}
            for file in sorted(wrong):
                print(f"not current: {file}", file=sys.stderr)
            if wrong:
                print("Run `make gen` and commit what it changes.", file=sys.stderr)
            return int(bool(wrong or broken))
        place(made, stale)
    for path in sorted(broken):
        print(f"left as it was: {path}", file=sys.stderr)
    return int(bool(broken))


def broken_protos() -> set[str]:
    """The protos that do not compile, and those that import them; what the compiler says of them is printed."""
    broken: set[str] = set()
    while True:
        answer = subprocess.run([BUF, "build", *excluding(broken)], capture_output=True, text=True, check=False)
        print(answer.stderr, end="", file=sys.stderr)
        found = set(re.findall(r"^(\S+\.proto):\d+:\d+:", answer.stderr, re.MULTILINE)) - broken
        if answer.returncode == 0:
            return broken
        if not found:
            sys.exit(1)
        broken |= with_importers(found)


def with_importers(protos: set[str]) -> set[str]:
    """`protos` and every proto that imports one of them, however far away."""
    imports = {
        str(path): set(re.findall(r'^import\s+(?:public\s+)?"(.+)";', path.read_text(encoding="utf-8"), re.MULTILINE))
        for source in SOURCES
        for path in Path(source).rglob("*.proto")
    }
    found = set(protos)
    while more := {path for path, names in imports.items() if path not in found and names & {*map(imported_as, found)}}:
        found |= more
    return found


def imported_as(path: str) -> str:
    """The name by which protos import the file at `path`."""
    return next((path.removeprefix(f"{source}/") for source in SOURCES if path.startswith(f"{source}/")), path)


def excluding(protos: set[str]) -> list[str]:
    """buf's options that leave `protos` out."""
    return [option for path in sorted(protos) for option in ("--exclude-path", path)]


def generate(folder: Path, broken: set[str]) -> dict[Path, bytes]:
    """Every generated file by its place in the repository. Ends the program when a plugin fails."""
    image = folder / IMAGE
    image.parent.mkdir()
    described = folder / "described.binpb"
    left_out = excluding(broken)
    build = [BUF, "build", ".", "--exclude-path", "tests/proto/cnt", *left_out]
    for command in (
        [BUF, "generate", "--output", str(folder), *left_out],
        [*build, "--exclude-source-info", "--output", str(image)],
        [*build, "--output", str(described)],
        # After the others, and by itself: it reads the options with the generated code that is in place.
        [sys.executable, "-m", "tools.openapi", str(described), str(folder / OPENAPI)],
    ):
        if subprocess.run(command, check=False).returncode:
            sys.exit(1)
    described.unlink()
    made = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if broken:
        # What describes the whole contract stays as it was: without the broken methods, Envoy would lose their routes.
        for whole in (IMAGE, OPENAPI):
            made.pop(Path(whole), None)
    return made


def present() -> set[Path]:
    """The generated files that are there now."""
    return {
        path
        for folder in OWNED
        for path in Path(folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def same(path: Path, content: bytes) -> bool:
    """Whether the file at `path` holds exactly `content`."""
    return path.is_file() and path.read_bytes() == content


def place(made: dict[Path, bytes], stale: set[Path]) -> None:
    """Writes what differs and removes what the contract no longer asks for."""
    for path, content in made.items():
        if not same(path, content):
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".{path.name}.new")
            new.write_bytes(content)
            new.replace(path)
    for path in stale:
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()


if __name__ == "__main__":
    sys.exit(main())
