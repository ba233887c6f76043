# Generated from cnt/search/v1/search_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.search.v1.SearchService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.search.v1 import search_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.search.v1.SearchService"


class Servicer(Protocol):
    """Finds podcasts, films, music, documents, stories, artists, people, posts, events and streams by their words."""

    __slots__ = ()

    @abstractmethod
    async def Search(self, request: pb2.SearchRequest, call: Call) -> pb2.SearchResponse:
        """What matches all words, best first: titles count most, then what stands below them, then texts. The last word may
        be the beginning of one in a title or below it, unless a space follows. Letters count the same with and without
        accents, and English words in any of their forms. Every text is a valid search; one without a word finds nothing.
        Of common words the best of the newest 1,000 matches of a type are shown. Who is blocked, either way, and what they
        own is not found.
        Without a type: up to 5 results of each, in groups, and page_size is not heeded. With one: pages of it.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...
