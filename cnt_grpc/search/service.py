"""Answers SearchService: request, rules, message."""

from dataclasses import dataclass
from typing import Final

from cnt_grpc import media
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.search.v1 import search_service
from cnt_grpc.pb.cnt.search.v1.search_service_pb2 import SearchRequest, SearchResponse
from cnt_grpc.search import messages, rules
from cnt_grpc.search.document import Kind

_OF_A_GROUP: Final = 5
"""Results of each type when none was asked for."""


@dataclass(frozen=True, slots=True)
class SearchService(search_service.Servicer):
    """Finds what the public may find."""

    urls: media.Urls

    async def Search(self, request: SearchRequest, call: Call) -> SearchResponse:
        """Find by words, within a type or in all of them."""

        def page(of: SearchRequest, kind: Kind | None) -> Page:
            return Page.of(of, method=call.method, filters=(request.q, kind))

        asked = messages.ASKED.get(request.type)
        wanted = page(request, asked)
        if asked is not None:
            rows, next_page_token = await rules.find(call.tx, call.caller, request.q, asked, wanted)
            return messages.page(rows, next_page_token, self.urls)
        few = SearchRequest(page_size=_OF_A_GROUP)
        found = await rules.find_all(call.tx, call.caller, request.q, {kind: page(few, kind) for kind in Kind})
        return messages.groups(found, self.urls)
