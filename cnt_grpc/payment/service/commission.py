"""Answers the methods of PaymentService that are about the commission."""

from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.messages import offers as messages
from cnt_grpc.payment.rules import commission
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.commission_pb2 import (
    GetCommissionRequest,
    GetCommissionResponse,
    UpdateCommissionRequest,
    UpdateCommissionResponse,
)


class Commission(Part):
    """The commission."""

    __slots__ = ()

    async def GetCommission(self, _: GetCommissionRequest, call: Call) -> GetCommissionResponse:
        """The rule by which commission is taken."""
        return GetCommissionResponse(commission=messages.commission(await commission.in_force(call.tx)))

    async def UpdateCommission(self, request: UpdateCommissionRequest, call: Call) -> UpdateCommissionResponse:
        """Puts another rule in force; what was given before keeps its commission."""
        row = await commission.change(
            call.tx,
            call.caller,
            kind=messages.commission_kind(request),
            basis_points=request.basis_points,
            fixed_minor=request.fixed_minor,
            fixed_coins=request.fixed_coins,
            is_active=request.is_active,
            minor_per_thousand_coins=request.minor_per_thousand_coins,
            coin_currency=request.coin_currency,
        )
        return UpdateCommissionResponse(commission=messages.commission(row))
