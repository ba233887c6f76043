"""The third-party protos that are printed from a wheel's descriptor mean the same as the descriptor."""

from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_tools import protoc
from protovalidate._gen.buf.validate import validate_pb

from tools.proto_text import proto_text
from tools.third_party import fill


def test_the_printed_rules_compile_to_the_descriptor_that_the_server_enforces(tmp_path: Path) -> None:
    fill(tmp_path)
    compiled = tmp_path / "set.binpb"
    included = Path(protoc.__file__).parent / "_proto"
    arguments = [f"-I{tmp_path}", f"-I{included}", f"--descriptor_set_out={compiled}", "buf/validate/validate.proto"]
    assert protoc.main(["protoc", *arguments]) == 0
    again = descriptor_pb2.FileDescriptorSet.FromString(compiled.read_bytes()).file[0]
    original = descriptor_pb2.FileDescriptorProto.FromString(validate_pb.desc().proto.to_binary())
    assert again == original


def test_what_cannot_be_printed_is_refused() -> None:
    file = descriptor_pb2.FileDescriptorProto(name="a.proto", package="a")
    file.service.add(name="Unprintable")
    with pytest.raises(ValueError, match="not supported"):
        proto_text(file, descriptor_pool.Default())
