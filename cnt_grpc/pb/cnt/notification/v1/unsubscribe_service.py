# Generated from cnt/notification/v1/unsubscribe_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.notification.v1.UnsubscribeService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.notification.v1 import unsubscribe_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.notification.v1.UnsubscribeService"


class Servicer(Protocol):
    """Ends mails by the link that each of them carries."""

    __slots__ = ()

    @abstractmethod
    async def ShowUnsubscribe(self, request: pb2.ShowUnsubscribeRequest, call: Call) -> pb2.ShowUnsubscribeResponse:
        """The page that the link in a mail leads to, with a button. It changes nothing: programs that check mails follow links.
        Anyone who has a mail. UNSUBSCRIBE_LINK_INVALID for a link that we did not make.
        """
        ...

    @abstractmethod
    async def Unsubscribe(self, request: pb2.UnsubscribeRequest, call: Call) -> pb2.UnsubscribeResponse:
        """Sends no more mails of the kind that the link came with: what the button does, and what mail programs do by themselves
        (one-click unsubscribe, RFC 8058). Done twice it changes nothing more. Mails that keep an account safe go on.
        Anyone who has a mail. UNSUBSCRIBE_LINK_INVALID for a link that we did not make.
        """
        ...
