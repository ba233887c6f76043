"""Answers the methods of PaymentService that are about donations."""

from cnt_grpc.kit import clock
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment import receipts
from cnt_grpc.payment.messages import payments as messages
from cnt_grpc.payment.rules import donations, paying
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.donation_pb2 import (
    CaptureDonationRequest,
    CaptureDonationResponse,
    ConfirmDonationRequest,
    ConfirmDonationResponse,
    CreateDonationRequest,
    CreateDonationResponse,
    CreatePaymentIntentRequest,
    CreatePaymentIntentResponse,
    GetDonationEligibilityRequest,
    GetDonationEligibilityResponse,
    GetDonationReceiptRequest,
    GetDonationReceiptResponse,
    GetDonationRequest,
    GetDonationResponse,
    GetGivingStatementRequest,
    GetGivingStatementResponse,
    ListAllDonationsRequest,
    ListAllDonationsResponse,
    ListReceivedDonationsRequest,
    ListReceivedDonationsResponse,
    ListSentDonationsRequest,
    ListSentDonationsResponse,
)


class Donations(Part):
    """Donations."""

    __slots__ = ()

    async def CreatePaymentIntent(self, request: CreatePaymentIntentRequest, call: Call) -> CreatePaymentIntentResponse:
        """Begins a donation by card: the app confirms it with Stripe."""
        under = paying.request_id(call, request.request_id)
        donation_id, begun = await donations.by_card(call.db, self.stripe, call.caller, messages.wanted(request), under)
        return CreatePaymentIntentResponse(
            donation_id=donation_id,
            payment_intent_id=begun.ref or "",
            client_secret=begun.client_secret,
            publishable_key=self.stripe.publishable_key,
        )

    async def CreateDonation(self, request: CreateDonationRequest, call: Call) -> CreateDonationResponse:
        """Begins a donation by card or with PayPal."""
        under = paying.request_id(call, request.request_id)
        gift = messages.wanted(request)
        if messages.method(request) == self.paypal.name:
            donation_id, begun = await donations.by_paypal(call.db, self.paypal, call.caller, gift, under)
        else:
            donation_id, begun = await donations.by_card(call.db, self.stripe, call.caller, gift, under)
        return CreateDonationResponse(
            donation_id=donation_id,
            reference=begun.ref or "",
            client_secret=begun.client_secret,
            publishable_key=self.stripe.publishable_key if begun.client_secret else "",
            approval_url=begun.url,
        )

    async def CaptureDonation(self, request: CaptureDonationRequest, call: Call) -> CaptureDonationResponse:
        """Takes the money of an order that its giver has approved at PayPal, and books what PayPal says."""
        self.paypal.require()
        under = paying.request_id(call, request.request_id)
        row = await donations.capture(
            call.db, self.providers, self.paypal, call.caller, order_id=request.order_id, under=under
        )
        return CaptureDonationResponse(donation=messages.donation(row, viewer_id=call.caller.user_id))

    async def ConfirmDonation(self, request: ConfirmDonationRequest, call: Call) -> ConfirmDonationResponse:
        """Asks Stripe where a donation stands, and books what it says."""
        row = await donations.confirm(
            call.db, self.providers, call.caller, self.stripe.require().name, request.payment_intent_id
        )
        return ConfirmDonationResponse(donation=messages.donation(row, viewer_id=call.caller.user_id))

    async def GetDonation(self, request: GetDonationRequest, call: Call) -> GetDonationResponse:
        """One donation."""
        row = await donations.shown(call.tx, call.caller, request.donation_id)
        return GetDonationResponse(donation=messages.donation(row, viewer_id=call.caller.user_id))

    async def ListSentDonations(self, request: ListSentDonationsRequest, call: Call) -> ListSentDonationsResponse:
        """Donations that the caller gave, newest first."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, token = await donations.listed(call.tx, call.caller, page, "sent")
        found = [messages.donation(row, viewer_id=call.caller.user_id) for row in rows]
        return ListSentDonationsResponse(donations=found, next_page_token=token)

    async def ListReceivedDonations(
        self, request: ListReceivedDonationsRequest, call: Call
    ) -> ListReceivedDonationsResponse:
        """Donations that the caller got, newest first."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, token = await donations.listed(call.tx, call.caller, page, "received")
        found = [messages.donation(row, viewer_id=call.caller.user_id) for row in rows]
        return ListReceivedDonationsResponse(donations=found, next_page_token=token)

    async def ListAllDonations(self, request: ListAllDonationsRequest, call: Call) -> ListAllDonationsResponse:
        """All donations, newest first."""
        page = Page.of(request, method=call.method)
        rows, token = await donations.listed(call.tx, call.caller, page, "all")
        found = [messages.donation(row, viewer_id=call.caller.user_id, sees_all=True) for row in rows]
        return ListAllDonationsResponse(donations=found, next_page_token=token)

    async def GetDonationEligibility(
        self, request: GetDonationEligibilityRequest, call: Call
    ) -> GetDonationEligibilityResponse:
        """Whether donations reach a person."""
        obstacle = await donations.obstacle(call.tx, call.caller, request.user_id)
        return messages.eligibility(obstacle, self.methods)

    async def GetDonationReceipt(self, request: GetDonationReceiptRequest, call: Call) -> GetDonationReceiptResponse:
        """The receipt of a donation that is paid."""
        row = await donations.given(call.tx, call.caller, request.donation_id)
        return GetDonationReceiptResponse(document=messages.pdf(await receipts.receipt(row)))

    async def GetGivingStatement(self, request: GetGivingStatementRequest, call: Call) -> GetGivingStatementResponse:
        """A year's giving of the caller, by currency, with every donation."""
        rows = await donations.given_in(call.tx, call.caller, request.year)
        giver = await donations.name_of(call.tx, call.caller)
        document = await receipts.statement(giver, request.year, rows, clock.now())
        return GetGivingStatementResponse(document=messages.pdf(document))
