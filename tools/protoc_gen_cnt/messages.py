"""Messages, client stubs and their types, by the stock generators of grpcio-tools and mypy-protobuf."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from tools.protoc_gen_cnt import layout

if TYPE_CHECKING:
    from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest

SCRIPTS = Path(sys.executable).parent
MESSAGES = ("--python_out={out}", "--mypy_out=quiet:{out}")
STUBS = ("--grpc_python_out={out}", "--mypy_grpc_out=quiet,only_async:{out}")


def generate(request: CodeGeneratorRequest, names: list[str]) -> dict[str, str]:
    """The text of x_pb2.py and .pyi of each proto in `names`, and of x_pb2_grpc.py and .pyi where it has a service."""
    with_service = {file.name for file in request.proto_file if file.service}
    with TemporaryDirectory() as folder:
        descriptors = Path(folder, "descriptors.binpb")
        descriptors.write_bytes(FileDescriptorSet(file=request.proto_file).SerializeToString())
        out = Path(folder, "out")
        out.mkdir()
        _protoc(descriptors, MESSAGES, out, names)
        _protoc(descriptors, STUBS, out, [name for name in names if name in with_service])
        return {
            f"{layout.root(str(path.relative_to(out)))}/{path.relative_to(out)}": _finished(path, out)
            for path in out.rglob("*.py*")
        }


def _protoc(descriptors: Path, outputs: tuple[str, ...], out: Path, names: list[str]) -> None:
    if not names:
        return
    plugins = [f"--plugin=protoc-gen-{name}={SCRIPTS}/protoc-gen-{name}" for name in ("mypy", "mypy_grpc")]
    options = [output.format(out=out) for output in outputs]
    if protoc.main(["protoc", f"--descriptor_set_in={descriptors}", *plugins, *options, *names]):
        sys.exit("protoc failed")


def _finished(path: Path, out: Path) -> str:
    """The file with imports of this repository, under a header that names its source."""
    source = str(path.relative_to(out)).replace("_pb2_grpc.py", "_pb2.py").replace("_pb2.pyi", "_pb2.py")
    header = layout.HEADER.format(source=source.replace("_pb2.py", ".proto"))
    return header + layout.absolute(path.read_text(encoding="utf-8"))
