"""What was found, as messages; pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from cnt_grpc import media
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.pb.cnt.search.v1 import result_pb2, search_service_pb2
from cnt_grpc.search.document import Kind

_TYPES: Final = {kind: result_pb2.ResultType.Value(f"RESULT_TYPE_{kind.name}") for kind in Kind}
ASKED: Final = {number: kind for kind, number in _TYPES.items()}
"""What a request means by a type; what is not here means everything."""


def page(rows: Sequence[Row], next_page_token: str, urls: media.Urls) -> search_service_pb2.SearchResponse:
    """A page of one type."""
    found = search_service_pb2.SearchResponse(next_page_token=next_page_token)
    for row in rows:
        _fill(found.results.add(), row, urls)
    return found


def groups(found: Mapping[Kind, tuple[list[Row], str]], urls: media.Urls) -> search_service_pb2.SearchResponse:
    """The best of each type."""
    answer = search_service_pb2.SearchResponse()
    for kind, (rows, next_page_token) in found.items():
        group = answer.groups.add(type=_TYPES[kind], next_page_token=next_page_token)
        for row in rows:
            _fill(group.results.add(), row, urls)
    return answer


def _fill(result: result_pb2.SearchResult, row: Row, urls: media.Urls) -> None:
    kind = Kind(row["kind"])
    result.type = _TYPES[kind]
    result.id = row["ref"]
    result.title = row["title"]
    result.subtitle = row["subtitle"]
    result.excerpt = row["text"]
    key = row["picture_key"]
    if row["owner_name"] is not None:
        result.owner_id = row["owner_id"]
        result.owner_name = row["owner_name"]
        result.owner_username = row["owner_username"]
        if kind is Kind.PERSON:
            key = row["avatar_key"]
    result.picture_url = urls.of(key, "public")
    set_time(result.at, row["at"])
