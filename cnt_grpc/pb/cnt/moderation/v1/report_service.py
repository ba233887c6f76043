# Generated from cnt/moderation/v1/report_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.moderation.v1.ReportService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.moderation.v1 import report_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call
    from cnt_grpc.pb.cnt.moderation.v1 import report_pb2 as cnt_moderation_v1_report_pb2

SERVICE: Final = "cnt.moderation.v1.ReportService"


class Servicer(Protocol):
    """Takes reports of anything that people see, and has moderators decide on them. Each decision is audited."""

    __slots__ = ()

    @abstractmethod
    async def CreateReport(self, request: cnt_moderation_v1_report_pb2.CreateReportRequest, call: Call) -> cnt_moderation_v1_report_pb2.CreateReportResponse:
        """Asks moderators to look at something that the caller sees. A second report of the same thing, while nobody has
        decided on the first, is the first.
        Anyone signed in with a real account. SUBJECT_NOT_FOUND, also for what the caller may not see; INVALID for one's own.
        """
        ...

    @abstractmethod
    async def ListReports(self, request: cnt_moderation_v1_report_pb2.ListReportsRequest, call: Call) -> cnt_moderation_v1_report_pb2.ListReportsResponse:
        """Reports, with the reported things as they are now. Reports of the caller's own things are not shown.
        Moderators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ResolveReport(self, request: cnt_moderation_v1_report_pb2.ResolveReportRequest, call: Call) -> cnt_moderation_v1_report_pb2.ResolveReportResponse:
        """Decides on a report. What is to be done with the reported thing is a call of its own, such as RejectContent.
        Moderators. REPORT_NOT_FOUND; OWN_CASE for a report of what is the caller's, or that the caller made;
        REPORT_RESOLVED when somebody has decided.
        """
        ...
