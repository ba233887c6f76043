"""An enum named Reason becomes a StrEnum of the words that stand in google.rpc.ErrorInfo.reason."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tools.protoc_gen_cnt import layout
from tools.protoc_gen_cnt.comments import Comments, docstring

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.descriptor_pb2 import EnumDescriptorProto, FileDescriptorProto

ENUM, VALUE = 5, 2  # field numbers in FileDescriptorProto and EnumDescriptorProto: the path of a comment
PREFIX = "REASON_"


def generate(file: FileDescriptorProto) -> dict[str, str]:
    """reason.py beside the messages of a file that holds an enum Reason; nothing for any other."""
    for number, enum in enumerate(file.enum_type):
        if enum.name == "Reason":
            folder = PurePosixPath(layout.root(file.name), file.name).parent
            return {f"{folder}/reason.py": "\n".join(_module(file, enum, number)) + "\n"}
    return {}


def _module(file: FileDescriptorProto, enum: EnumDescriptorProto, number: int) -> Iterable[str]:
    comments = Comments(file)
    yield layout.HEADER.format(source=file.name).rstrip()
    yield f'"""The reasons of {file.package}, as they stand in google.rpc.ErrorInfo.reason."""'
    yield ""
    yield "from enum import StrEnum"
    yield ""
    yield ""
    yield "class Reason(StrEnum):"
    yield from docstring(comments(ENUM, number), "    ") or ['    """Why a call failed."""']
    yield ""
    for place, value in enumerate(enum.value):
        if value.number:
            word = value.name.removeprefix(PREFIX)
            yield from (f"    # {line}".rstrip() for line in comments(ENUM, number, VALUE, place))
            yield f'    {word} = "{word}"'
