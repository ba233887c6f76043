"""Answers the methods of PaymentService that are about events of providers."""

from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.rules import events
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.donation_pb2 import (
    ReceivePaypalEventRequest,
    ReceivePaypalEventResponse,
    ReceiveStripeEventRequest,
    ReceiveStripeEventResponse,
)


class Webhooks(Part):
    """Events of providers."""

    __slots__ = ()

    async def ReceiveStripeEvent(self, request: ReceiveStripeEventRequest, call: Call) -> ReceiveStripeEventResponse:
        """Takes an event of Stripe: signed, at most five minutes old, and kept once however often it comes."""
        await events.receive_from_stripe(
            call.tx, self.stripe, request.body.data, call.metadata.get("stripe-signature", "")
        )
        return ReceiveStripeEventResponse()

    async def ReceivePaypalEvent(self, request: ReceivePaypalEventRequest, call: Call) -> ReceivePaypalEventResponse:
        """Takes an event of PayPal."""
        await events.receive_from_paypal(call.db, self.paypal, request.body.data, call.metadata)
        return ReceivePaypalEventResponse()
