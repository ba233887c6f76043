"""Answers the methods of SubscriptionService that are about plans and subscriptions."""

from cnt_grpc import auth
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.messages import memberships as messages
from cnt_grpc.payment.messages.offers import changes
from cnt_grpc.payment.rules import memberships, paying, plans
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.subscription_pb2 import (
    CancelSubscriptionRequest,
    CancelSubscriptionResponse,
    CheckoutSubscriptionRequest,
    CheckoutSubscriptionResponse,
    CreatePlanRequest,
    CreatePlanResponse,
    DeletePlanRequest,
    DeletePlanResponse,
    GetMySubscriptionRequest,
    GetMySubscriptionResponse,
    ListAllPlansRequest,
    ListAllPlansResponse,
    ListPlansRequest,
    ListPlansResponse,
    OpenPortalRequest,
    OpenPortalResponse,
    UpdatePlanRequest,
    UpdatePlanResponse,
    VerifySubscriptionRequest,
    VerifySubscriptionResponse,
)


class Memberships(Part):
    """Plans and subscriptions."""

    __slots__ = ()

    async def ListPlans(self, request: ListPlansRequest, call: Call) -> ListPlansResponse:
        """Plans that can be subscribed to."""
        rows, token = await plans.listed(call.tx, Page.of(request, method=call.method))
        return ListPlansResponse(plans=map(messages.plan, rows), next_page_token=token)

    async def GetMySubscription(self, _: GetMySubscriptionRequest, call: Call) -> GetMySubscriptionResponse:
        """The caller's subscription, and what they may open now."""
        row = await memberships.current(call.tx, call.caller)
        return GetMySubscriptionResponse(
            subscription=messages.subscription(row) if row else None,
            entitlements=await auth.entitlements_of(call.tx, call.caller.user_id),
        )

    async def CheckoutSubscription(
        self, request: CheckoutSubscriptionRequest, call: Call
    ) -> CheckoutSubscriptionResponse:
        """Begins a subscription: the answer says where to pay."""
        under = paying.request_id(call, request.request_id)
        page, url = await memberships.begin(call.db, self.billing, call.caller, request.plan_id, under)
        return CheckoutSubscriptionResponse(checkout_url=url, reference=page)

    async def VerifySubscription(self, request: VerifySubscriptionRequest, call: Call) -> VerifySubscriptionResponse:
        """Asks Stripe how a subscription stands that was begun."""
        row = await memberships.verify(call.db, self.billing, call.caller, request.reference)
        return VerifySubscriptionResponse(subscription=messages.subscription(row))

    async def CancelSubscription(self, request: CancelSubscriptionRequest, call: Call) -> CancelSubscriptionResponse:
        """Ends the caller's subscription when what was paid is over."""
        self.stripe.require()
        under = paying.request_id(call, request.request_id)
        row = await memberships.cancel(call.db, self.billing, call.caller, under)
        return CancelSubscriptionResponse(subscription=messages.subscription(row))

    async def OpenPortal(self, _: OpenPortalRequest, call: Call) -> OpenPortalResponse:
        """A page of Stripe with the caller's cards and bills."""
        return OpenPortalResponse(url=await memberships.portal(call.db, self.billing, call.caller))

    async def ListAllPlans(self, request: ListAllPlansRequest, call: Call) -> ListAllPlansResponse:
        """All plans, those that cannot be subscribed to any more among them."""
        rows, token = await plans.listed(call.tx, Page.of(request, method=call.method), every=True)
        return ListAllPlansResponse(plans=map(messages.plan, rows), next_page_token=token)

    async def CreatePlan(self, request: CreatePlanRequest, call: Call) -> CreatePlanResponse:
        """Makes a plan."""
        row = await plans.create(call.tx, call.caller, messages.new_plan(request))
        return CreatePlanResponse(plan=messages.plan(row))

    async def UpdatePlan(self, request: UpdatePlanRequest, call: Call) -> UpdatePlanResponse:
        """Changes a plan."""
        row = await plans.update(call.tx, call.caller, request.plan_id, changes(request, besides="plan_id"))
        return UpdatePlanResponse(plan=messages.plan(row))

    async def DeletePlan(self, request: DeletePlanRequest, call: Call) -> DeletePlanResponse:
        """Withdraws a plan."""
        await plans.withdraw(call.tx, call.caller, request.plan_id)
        return DeletePlanResponse()
