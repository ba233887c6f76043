"""Categories: requests as what the rules take, and rows as messages."""

from collections.abc import Iterable
from typing import Final

from cnt_grpc.content.rules.categories import Wish
from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.content.v1 import category_pb2, item_pb2

_TYPES: Final = {name.removeprefix("CONTENT_TYPE_").lower(): number for name, number in item_pb2.ContentType.items()}
_ANY: Final = "unspecified"
_KINDS: Final = {number: None if name == _ANY else name for name, number in _TYPES.items()}


def kind(request: category_pb2.ListCategoriesRequest) -> str | None:
    """The kind of item whose categories are asked for; None for all."""
    return _KINDS[request.type]


def new_category(request: category_pb2.CreateCategoryRequest) -> Wish:
    """A category to be."""
    return Wish(name=request.name, kind=_KINDS[request.type], position=request.position, changes_kind=True)


def category_changes(request: category_pb2.UpdateCategoryRequest) -> Wish:
    """What to change of a category: only what the request names."""
    return Wish(
        name=request.name if request.HasField("name") else None,
        kind=_KINDS[request.type],
        position=request.position if request.HasField("position") else None,
        changes_kind=request.HasField("type"),
    )


def category(row: Row) -> category_pb2.Category:
    """One category."""
    return category_pb2.Category(
        category_id=row["id"], name=row["name"], type=_TYPES[row["kind"] or _ANY], position=row["position"]
    )


def categories(rows: Iterable[Row], next_page_token: str) -> category_pb2.ListCategoriesResponse:
    """A page of categories."""
    return category_pb2.ListCategoriesResponse(categories=map(category, rows), next_page_token=next_page_token)
