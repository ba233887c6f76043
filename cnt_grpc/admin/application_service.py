"""Answers CreatorApplicationService: request, rules, message."""

from dataclasses import dataclass

from cnt_grpc.admin.messages.applications import STATUS_OF, application
from cnt_grpc.admin.rules import applications
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.media import Urls
from cnt_grpc.pb.cnt.admin.v1 import creator_application_service
from cnt_grpc.pb.cnt.admin.v1.creator_application_service_pb2 import (
    ApplyAsCreatorRequest,
    ApplyAsCreatorResponse,
    ApproveCreatorApplicationRequest,
    ApproveCreatorApplicationResponse,
    GetMyCreatorApplicationRequest,
    GetMyCreatorApplicationResponse,
    ListCreatorApplicationsRequest,
    ListCreatorApplicationsResponse,
    RejectCreatorApplicationRequest,
    RejectCreatorApplicationResponse,
)


@dataclass(frozen=True, slots=True)
class CreatorApplicationService(creator_application_service.Servicer):
    """How people become creators."""

    urls: Urls

    async def ApplyAsCreator(self, request: ApplyAsCreatorRequest, call: Call) -> ApplyAsCreatorResponse:
        """Ask to be a creator."""
        wish = applications.Wish(request.stage_name, request.about, request.links, request.paper_ids)
        shown = await applications.apply(call.tx, call.caller, wish)
        return ApplyAsCreatorResponse(application=application(shown, self.urls))

    async def GetMyCreatorApplication(
        self, request: GetMyCreatorApplicationRequest, call: Call
    ) -> GetMyCreatorApplicationResponse:
        """Show one's own."""
        del request
        shown = await applications.own(call.tx, call.caller)
        return GetMyCreatorApplicationResponse(application=application(shown, self.urls))

    async def ListCreatorApplications(
        self, request: ListCreatorApplicationsRequest, call: Call
    ) -> ListCreatorApplicationsResponse:
        """Show a page of everyone's."""
        page = Page.of(request, method=call.method, filters=(request.status,))
        found, next_page_token = await applications.listed(call.tx, STATUS_OF.get(request.status, ""), page)
        return ListCreatorApplicationsResponse(
            applications=[application(each, self.urls) for each in found], next_page_token=next_page_token
        )

    async def ApproveCreatorApplication(
        self, request: ApproveCreatorApplicationRequest, call: Call
    ) -> ApproveCreatorApplicationResponse:
        """Make the person a creator."""
        shown = await applications.approve(call.tx, call.caller, request.application_id)
        return ApproveCreatorApplicationResponse(application=application(shown, self.urls))

    async def RejectCreatorApplication(
        self, request: RejectCreatorApplicationRequest, call: Call
    ) -> RejectCreatorApplicationResponse:
        """Leave the person as they are."""
        shown = await applications.reject(call.tx, call.caller, request.application_id, request.reason)
        return RejectCreatorApplicationResponse(application=application(shown, self.urls))
