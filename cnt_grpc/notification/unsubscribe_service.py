"""What UnsubscribeService answers: pages for a browser, since whoever follows a link in a mail has no app of ours."""

from dataclasses import dataclass

from google.api.httpbody_pb2 import HttpBody

from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.notification import unsubscribing
from cnt_grpc.pb.cnt.notification.v1 import unsubscribe_service
from cnt_grpc.pb.cnt.notification.v1 import unsubscribe_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class UnsubscribeService(unsubscribe_service.Servicer):
    """The links in mails."""

    async def ShowUnsubscribe(self, request: pb2.ShowUnsubscribeRequest, call: Call) -> pb2.ShowUnsubscribeResponse:  # noqa: ARG002
        return pb2.ShowUnsubscribeResponse(page=_html(unsubscribing.question(request.token)))

    async def Unsubscribe(self, request: pb2.UnsubscribeRequest, call: Call) -> pb2.UnsubscribeResponse:
        return pb2.UnsubscribeResponse(page=_html(await unsubscribing.unsubscribe(call.tx, request.token)))


def _html(page: str) -> HttpBody:
    return HttpBody(content_type="text/html; charset=utf-8", data=page.encode())
