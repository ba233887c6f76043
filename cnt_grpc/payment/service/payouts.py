"""Answers the methods of PaymentService that are about where creators' money goes."""

from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.messages import creators as messages
from cnt_grpc.payment.paypal_payouts import PayPalPayouts
from cnt_grpc.payment.rules import payouts
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.payout_pb2 import (
    CreateConnectAccountRequest,
    CreateConnectAccountResponse,
    CreateOnboardingLinkRequest,
    CreateOnboardingLinkResponse,
    CreatePaymentAccountRequest,
    CreatePaymentAccountResponse,
    DeletePaymentAccountRequest,
    DeletePaymentAccountResponse,
    GetConnectStatusRequest,
    GetConnectStatusResponse,
    GetCreatorPayoutRequest,
    GetCreatorPayoutResponse,
    GetDashboardLinkRequest,
    GetDashboardLinkResponse,
    GetUserConnectStatusRequest,
    GetUserConnectStatusResponse,
    ListPaymentAccountsRequest,
    ListPaymentAccountsResponse,
    ListPayoutsRequest,
    ListPayoutsResponse,
    RequestPayoutRequest,
    RequestPayoutResponse,
)


class Payouts(Part):
    """Where creators' money goes."""

    __slots__ = ()

    async def CreateConnectAccount(
        self, request: CreateConnectAccountRequest, call: Call
    ) -> CreateConnectAccountResponse:
        """Makes the caller an account at Stripe, where earnings can go."""
        row = await payouts.open_account(call.db, self.accounts, call.caller, request.country)
        return CreateConnectAccountResponse(payment_account=messages.account(row))

    async def CreateOnboardingLink(self, _: CreateOnboardingLinkRequest, call: Call) -> CreateOnboardingLinkResponse:
        """A page of Stripe that asks the caller what it must know before money can go to their account."""
        self.stripe.require()
        row = await payouts.own_at_stripe(call.db, call.caller)
        return CreateOnboardingLinkResponse(url=await self.accounts.onboarding_link(row["account_id"]))

    async def GetConnectStatus(self, _: GetConnectStatusRequest, call: Call) -> GetConnectStatusResponse:
        """How the caller's account at Stripe stands, as Stripe says now."""
        self.stripe.require()
        try:
            row = await payouts.own_at_stripe(call.db, call.caller)
        except NotFound:
            return GetConnectStatusResponse(status=messages.status(None))
        found = await payouts.standing(call.db, self.accounts, row["account_id"])
        return GetConnectStatusResponse(status=messages.status(found))

    async def GetUserConnectStatus(
        self, request: GetUserConnectStatusRequest, call: Call
    ) -> GetUserConnectStatusResponse:
        """Whether money can go to somebody's account at Stripe, as Stripe has said last."""
        enabled = await payouts.can_be_paid(call.tx, call.caller, request.user_id)
        return GetUserConnectStatusResponse(payouts_enabled=enabled)

    async def GetDashboardLink(self, _: GetDashboardLinkRequest, call: Call) -> GetDashboardLinkResponse:
        """A page of Stripe on which the caller sees their account."""
        self.stripe.require()
        row = await payouts.own_at_stripe(call.db, call.caller)
        return GetDashboardLinkResponse(url=await self.accounts.dashboard_link(row["account_id"]))

    async def ListPaymentAccounts(self, _: ListPaymentAccountsRequest, call: Call) -> ListPaymentAccountsResponse:
        """Where the caller's earnings can go."""
        accounts = await payouts.accounts_of(call.tx, call.caller)
        return ListPaymentAccountsResponse(payment_accounts=map(messages.account, accounts))

    async def CreatePaymentAccount(
        self, request: CreatePaymentAccountRequest, call: Call
    ) -> CreatePaymentAccountResponse:
        """Adds an account to which the caller's earnings can go."""
        row = await payouts.add_account(
            call.db,
            self.accounts,
            PayPalPayouts(self.paypal),
            call.caller,
            provider=messages.provider(request),
            account_id=request.account_id,
        )
        return CreatePaymentAccountResponse(payment_account=messages.account(row))

    async def DeletePaymentAccount(
        self, request: DeletePaymentAccountRequest, call: Call
    ) -> DeletePaymentAccountResponse:
        """Uses an account no longer."""
        await payouts.delete_account(call.tx, call.caller, request.payment_account_id)
        return DeletePaymentAccountResponse()

    async def GetCreatorPayout(self, _: GetCreatorPayoutRequest, call: Call) -> GetCreatorPayoutResponse:
        """What the caller has earned, and where it can go."""
        earned, accounts = await payouts.earned(call.tx, call.caller)
        return GetCreatorPayoutResponse(
            earnings=map(messages.earnings, earned), payment_accounts=map(messages.account, accounts)
        )

    async def RequestPayout(self, request: RequestPayoutRequest, call: Call) -> RequestPayoutResponse:
        """Sends earnings to an account."""
        row = await payouts.request(call.tx, call.caller, request.amount, request.currency, request.payment_account_id)
        return RequestPayoutResponse(payout=messages.payout(row))

    async def ListPayouts(self, request: ListPayoutsRequest, call: Call) -> ListPayoutsResponse:
        """The caller's payouts, newest first."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, token = await payouts.listed(call.tx, call.caller, page)
        return ListPayoutsResponse(payouts=map(messages.payout, rows), next_page_token=token)
