"""Our protoc plugin gives what a room's code is written against."""

import inspect
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from tools.protoc_gen_cnt.__main__ import generate

HEAD = 'syntax = "proto3"; package cnt.choir.v1;'
SERVICE = f"""{HEAD}
import "google/protobuf/empty.proto";
// Sings.
service ChoirService {{
  // Sings one "song".
  rpc Sing(SingRequest) returns (google.protobuf.Empty);
  // Sings until it is stopped.
  rpc Tour(SingRequest) returns (stream SingResponse);
  rpc Rehearse(stream SingRequest) returns (SingResponse);
  rpc Echo(stream SingRequest) returns (stream SingResponse.Verse);
}}
message SingRequest {{}}
message SingResponse {{ message Verse {{}} }}
"""


def generated(folder: Path, name: str, text: str) -> dict[str, str]:
    """The plugin's files for one proto."""
    path = folder / "cnt/choir/v1" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    descriptors = folder / "set.binpb"
    options = ["--include_imports", "--include_source_info", f"--descriptor_set_out={descriptors}"]
    included = Path(protoc.__file__).parent / "_proto"
    assert protoc.main(["protoc", f"-I{folder}", f"-I{included}", *options, str(path)]) == 0
    files = FileDescriptorSet.FromString(descriptors.read_bytes()).file
    request = CodeGeneratorRequest(file_to_generate=[file.name for file in files], proto_file=files)
    return {file.name: file.content for file in generate(request).file}


@pytest.fixture(autouse=True)
def choir_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package that generated modules import each other from; its messages need not be real to be named."""
    package = ModuleType("cnt_grpc.pb.cnt.choir.v1")
    package.choir_service_pb2 = ModuleType("choir_service_pb2")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cnt_grpc.pb.cnt.choir", ModuleType("cnt_grpc.pb.cnt.choir"))
    monkeypatch.setitem(sys.modules, package.__name__, package)


def loaded(text: str) -> ModuleType:
    module = ModuleType("generated")
    exec(compile(text, "generated", "exec"), module.__dict__)  # noqa: S102 - our own text
    return module


def test_a_service_becomes_a_typed_protocol(tmp_path: Path) -> None:
    files = generated(tmp_path, "choir_service.proto", SERVICE)
    text = files["cnt_grpc/pb/cnt/choir/v1/choir_service.py"]
    module = loaded(text)
    methods = {name: inspect.signature(getattr(module.Servicer, name)) for name in module.Servicer.__abstractmethods__}
    assert module.SERVICE == "cnt.choir.v1.ChoirService"
    assert {name: str(signature).replace("'", "") for name, signature in methods.items()} == {
        "Sing": "(self, request: pb2.SingRequest, call: Call) -> google_protobuf_empty_pb2.Empty",
        "Tour": "(self, request: pb2.SingRequest, call: Call) -> AsyncIterator[pb2.SingResponse]",
        "Rehearse": "(self, requests: AsyncIterator[pb2.SingRequest], call: Call) -> pb2.SingResponse",
        "Echo": "(self, requests: AsyncIterator[pb2.SingRequest], call: Call) -> AsyncIterator[pb2.SingResponse.Verse]",
    }
    coroutines = {name for name in methods if inspect.iscoroutinefunction(getattr(module.Servicer, name))}
    assert coroutines == {"Sing", "Rehearse"}, "a stream of answers is an async generator, which is not awaited"
    assert module.Servicer.__doc__ == "Sings."
    assert inspect.getdoc(module.Servicer.Sing) == 'Sings one "song".'
    assert "from google.protobuf import empty_pb2 as google_protobuf_empty_pb2" in text
    assert "from cnt_grpc.pb.cnt.choir.v1 import choir_service_pb2 as pb2" in text


def test_a_servicer_that_leaves_a_method_out_cannot_be_made(tmp_path: Path) -> None:
    files = generated(tmp_path, "choir_service.proto", SERVICE)
    protocol: Any = loaded(files["cnt_grpc/pb/cnt/choir/v1/choir_service.py"]).Servicer

    class Lazy(protocol):  # type: ignore[misc]
        async def Sing(self, request: object, call: object) -> None: ...

        async def Tour(self, request: object, call: object) -> AsyncIterator[object]:
            yield request

    with pytest.raises(TypeError, match=r"Echo.*Rehearse"):
        Lazy()


def test_generated_modules_import_each_other_from_this_repository(tmp_path: Path) -> None:
    files = generated(tmp_path, "choir_service.proto", SERVICE)
    stubs = files["cnt_grpc/pb/cnt/choir/v1/choir_service_pb2_grpc.py"]
    assert "from cnt_grpc.pb.cnt.choir.v1 import choir_service_pb2" in stubs
    assert "'cnt_grpc.pb.cnt.choir.v1.choir_service_pb2'" in files["cnt_grpc/pb/cnt/choir/v1/choir_service_pb2.py"]
    assert all(text.startswith(("# Generated from", '"""Generated from')) for text in files.values())
    assert not any("google" in name for name in files), "google's protos come from wheels"


def test_two_services_in_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one service a file"):
        generated(tmp_path, "two_service.proto", f"{HEAD} service A {{}} service B {{}}")


def test_reasons_become_words(tmp_path: Path) -> None:
    values = "REASON_UNSPECIFIED = 0;\n// Too loud.\nREASON_TOO_LOUD = 1;"
    files = generated(tmp_path, "reason.proto", f"{HEAD} enum Reason {{ {values} }}")
    reasons = loaded(files["cnt_grpc/pb/cnt/choir/v1/reason.py"]).Reason
    assert list(reasons) == ["TOO_LOUD"]
    assert "# Too loud." in files["cnt_grpc/pb/cnt/choir/v1/reason.py"]


def test_no_reason_means_two_things() -> None:
    homes: dict[str, str] = {}
    for path in Path("cnt_grpc/pb/cnt").glob("*/v1/reason.py"):
        for word in loaded(path.read_text()).Reason:
            assert homes.setdefault(word, path.parts[3]) == path.parts[3], f"{word} is a reason of two rooms"
    assert len(homes) > 10, f"run from the repository, not from {sys.path[0]}"
