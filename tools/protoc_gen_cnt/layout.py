"""Where the Python of a proto file lives: which folder, which module, and how imports of it are written."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# The first prefix that fits decides. What fits none (google/…) is a package of its own, installed from a wheel.
ROOTS = {"cnt/testing/": "tests/pb", "cnt/": "cnt_grpc/pb", "buf/": "cnt_grpc/pb"}
HEADER = "# Generated from {source} by `make gen`. Do not edit: change the proto.\n"

# An import of a generated module, or the module's own name as the messages' builder is told it.
_MODULE = re.compile(r"(^\s*from |^\s*import |DESCRIPTOR, ')((?:cnt|buf)\.[\w.]+)", re.MULTILINE)


def root(proto: str) -> str:
    """The folder that a proto's Python is generated into, or "" when it comes from a wheel."""
    return next((folder for prefix, folder in ROOTS.items() if proto.startswith(prefix)), "")


def package(proto: str) -> str:
    """The importable package of a proto's generated modules: cnt/auth/v1/x.proto gives cnt_grpc.pb.cnt.auth.v1."""
    return str(PurePosixPath(root(proto), proto).parent).replace("/", ".")


def stem(proto: str) -> str:
    """The name that a proto's generated modules begin with."""
    return PurePosixPath(proto).stem


def absolute(python: str) -> str:
    """protoc names modules as if proto/ were on the path; name them as this repository does."""

    def rename(match: re.Match[str]) -> str:
        before, name = match.groups()
        return f"{before}{root(name.replace('.', '/') + '/').replace('/', '.')}.{name}"

    return _MODULE.sub(rename, python)


def package_markers(files: Iterable[str]) -> dict[str, str]:
    """An __init__.py for each generated folder, so that packaging tools and mypy see packages."""
    folders = {parent for name in files for parent in PurePosixPath(name).parents if "pb" in parent.parts}
    return {f"{folder}/__init__.py": '"""Generated from the contract by `make gen`."""\n' for folder in folders}
