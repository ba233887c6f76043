"""Categories as messages."""

from collections.abc import Iterable
from typing import Final

from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.content.v1 import category_pb2, item_pb2

_TYPES: Final = {name.removeprefix("CONTENT_TYPE_").lower(): number for name, number in item_pb2.ContentType.items()}
_ANY: Final = "unspecified"
_KINDS: Final = {number: None if name == _ANY else name for name, number in _TYPES.items()}


def kind(request: category_pb2.ListCategoriesRequest) -> str | None:
    """The kind of item whose categories are asked for; None for all."""
    return _KINDS[request.type]


def categories(rows: Iterable[Row], next_page_token: str) -> category_pb2.ListCategoriesResponse:
    """A page of categories."""
    shown = (
        category_pb2.Category(category_id=row["id"], name=row["name"], type=_TYPES[row["kind"] or _ANY]) for row in rows
    )
    return category_pb2.ListCategoriesResponse(categories=shown, next_page_token=next_page_token)
