"""Answers the methods of PaymentService that are about returned payments."""

from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.rules import paying
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.donation_pb2 import RefundPaymentRequest, RefundPaymentResponse


class Refunds(Part):
    """Returned payments."""

    __slots__ = ()

    async def RefundPayment(self, request: RefundPaymentRequest, call: Call) -> RefundPaymentResponse:
        """Returns a payment, or a part of it, to who paid."""
        row = await paying.refund(
            call.db,
            self.providers,
            call.caller,
            payment_id=request.payment_id,
            amount_minor=request.amount_minor,
            reason=request.reason,
            under=paying.request_id(call, request.request_id),
        )
        return RefundPaymentResponse(refunded_minor=row["refunded_minor"])
