"""Answers ReportService: request, rules, message."""

from dataclasses import dataclass

from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.moderation.messages import reports as messages
from cnt_grpc.moderation.reportable import Reportables
from cnt_grpc.moderation.rules import reports as rules
from cnt_grpc.pb.cnt.moderation.v1 import report_service
from cnt_grpc.pb.cnt.moderation.v1.report_pb2 import (
    CreateReportRequest,
    CreateReportResponse,
    ListReportsRequest,
    ListReportsResponse,
    ResolveReportRequest,
    ResolveReportResponse,
)


@dataclass(frozen=True, slots=True)
class ReportService(report_service.Servicer):
    """Takes reports, and has moderators decide on them."""

    kinds: Reportables

    async def CreateReport(self, request: CreateReportRequest, call: Call) -> CreateReportResponse:
        """Ask moderators to look at something."""
        report_id = await rules.report(
            call.tx,
            self.kinds,
            call.caller,
            kind_name=request.content_type,
            thing_id=request.content_id,
            category=messages.CATEGORY_GIVEN[request.category],
            details=request.details,
        )
        return CreateReportResponse(report_id=report_id)

    async def ListReports(self, request: ListReportsRequest, call: Call) -> ListReportsResponse:
        """Show a page of reports."""
        wanted = rules.Wanted(messages.STATUS_ASKED[request.status], request.content_type, request.author_id)
        page = Page.of(request, method=call.method, filters=(call.caller.user_id, wanted))
        shown, next_page_token = await rules.listed(call.tx, self.kinds, call.caller, wanted, page)
        return messages.reports(shown, next_page_token)

    async def ResolveReport(self, request: ResolveReportRequest, call: Call) -> ResolveReportResponse:
        """Decide on a report."""
        decided = messages.STATUS_ASKED[request.status]
        shown = await rules.resolve(
            call.tx, self.kinds, call.caller, request.report_id, decided=decided, note=request.note
        )
        return ResolveReportResponse(report=messages.report(shown))
