"""Answers the methods of PaymentService that are about recurring donations."""

from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.messages import recurring as messages
from cnt_grpc.payment.rules import paying, recurring
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.recurring_donation_pb2 import (
    CreateRecurringDonationRequest,
    CreateRecurringDonationResponse,
    DeleteRecurringDonationRequest,
    DeleteRecurringDonationResponse,
    ListRecurringDonationsRequest,
    ListRecurringDonationsResponse,
)


class Recurring(Part):
    """Recurring donations."""

    __slots__ = ()

    async def CreateRecurringDonation(
        self, request: CreateRecurringDonationRequest, call: Call
    ) -> CreateRecurringDonationResponse:
        """Begins to give every week or month: the answer says where the first one is paid."""
        under = paying.request_id(call, request.request_id)
        recurring_donation_id, url = await recurring.begin(
            call.db,
            self.billing,
            call.caller,
            messages.wanted(request),
            interval=messages.interval(request),
            under=under,
        )
        return CreateRecurringDonationResponse(recurring_donation_id=recurring_donation_id, checkout_url=url)

    async def ListRecurringDonations(
        self, request: ListRecurringDonationsRequest, call: Call
    ) -> ListRecurringDonationsResponse:
        """What the caller gives or gave every week or month, newest first."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, token = await recurring.listed(call.tx, call.caller, page)
        return ListRecurringDonationsResponse(recurring_donations=map(messages.recurring, rows), next_page_token=token)

    async def DeleteRecurringDonation(
        self, request: DeleteRecurringDonationRequest, call: Call
    ) -> DeleteRecurringDonationResponse:
        """Ends a recurring donation at once."""
        await recurring.end_own(call.db, self.billing, call.caller, request.recurring_donation_id)
        return DeleteRecurringDonationResponse()
