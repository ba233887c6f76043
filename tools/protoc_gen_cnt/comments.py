"""Comments of a proto file, found by the path of what they stand above."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto


class Comments:
    """The leading comments of one file, as lists of lines without the leading blank of each."""

    def __init__(self, file: FileDescriptorProto) -> None:
        self._at = {tuple(place.path): place.leading_comments for place in file.source_code_info.location}

    def __call__(self, *path: int) -> list[str]:
        """The lines above the element at `path` (see google.protobuf.SourceCodeInfo); empty when there are none."""
        text = self._at.get(path, "").rstrip()
        return [line.removeprefix(" ").rstrip() for line in text.split("\n")] if text else []


def docstring(lines: list[str], indent: str) -> list[str]:
    """The lines as a docstring, safe for whatever the comment holds."""
    if not lines:
        return []
    safe = [line.replace("\\", "\\\\").replace('"""', "'''") for line in lines]
    if len(safe) == 1 and not safe[0].endswith('"'):
        return [f'{indent}"""{safe[0]}"""']
    return [f'{indent}"""{safe[0]}', *((indent + line).rstrip() for line in safe[1:]), f'{indent}"""']
