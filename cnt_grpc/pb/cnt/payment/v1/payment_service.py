# Generated from cnt/payment/v1/payment_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.payment.v1.PaymentService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.payment.v1 import payment_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.call import Call
    from cnt_grpc.pb.cnt.payment.v1 import commission_pb2 as cnt_payment_v1_commission_pb2

SERVICE: Final = "cnt.payment.v1.PaymentService"


class Servicer(Protocol):
    """Money that comes and goes. Success comes from the provider alone, never from a client."""

    __slots__ = ()

    @abstractmethod
    async def GetCommission(self, request: cnt_payment_v1_commission_pb2.GetCommissionRequest, call: Call) -> cnt_payment_v1_commission_pb2.GetCommissionResponse:
        """The rule by which commission is taken.
        Administrators.
        """
        ...

    @abstractmethod
    async def UpdateCommission(self, request: cnt_payment_v1_commission_pb2.UpdateCommissionRequest, call: Call) -> cnt_payment_v1_commission_pb2.UpdateCommissionResponse:
        """Puts another rule in force; what was given before keeps its commission. Audited.
        Administrators. CURRENCY_UNSUPPORTED.
        """
        ...
