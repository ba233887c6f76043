# Generated from cnt/payment/v1/subscription_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.payment.v1.SubscriptionService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.payment.v1 import subscription_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call
    from cnt_grpc.pb.cnt.payment.v1 import subscription_pb2 as cnt_payment_v1_subscription_pb2

SERVICE: Final = "cnt.payment.v1.SubscriptionService"


class Servicer(Protocol):
    """Plans and subscriptions. What is paid becomes entitlements, which every room asks for."""

    __slots__ = ()

    @abstractmethod
    async def ListPlans(self, request: cnt_payment_v1_subscription_pb2.ListPlansRequest, call: Call) -> cnt_payment_v1_subscription_pb2.ListPlansResponse:
        """Plans that can be subscribed to.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetMySubscription(self, request: cnt_payment_v1_subscription_pb2.GetMySubscriptionRequest, call: Call) -> cnt_payment_v1_subscription_pb2.GetMySubscriptionResponse:
        """The caller's subscription.
        Anyone signed in with a real account.
        """
        ...

    @abstractmethod
    async def CheckoutSubscription(self, request: cnt_payment_v1_subscription_pb2.CheckoutSubscriptionRequest, call: Call) -> cnt_payment_v1_subscription_pb2.CheckoutSubscriptionResponse:
        """Begins a subscription: the answer says where to pay. It opens what the plan gives when Stripe says that it is paid, or
        that the trial has begun. Pages on which the caller began to subscribe before are closed.
        Anyone signed in with a real account. PLAN_NOT_FOUND; SUBSCRIPTION_EXISTS; STRIPE_NOT_CONFIGURED; PROVIDER_REFUSED;
        PAYMENT_OVER, when another one was begun meanwhile, or the first call under this request_id is 20 hours old.
        """
        ...

    @abstractmethod
    async def VerifySubscription(self, request: cnt_payment_v1_subscription_pb2.VerifySubscriptionRequest, call: Call) -> cnt_payment_v1_subscription_pb2.VerifySubscriptionResponse:
        """Asks Stripe how a subscription stands that was begun.
        Who began it. SUBSCRIPTION_NOT_FOUND; STRIPE_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def CancelSubscription(self, request: cnt_payment_v1_subscription_pb2.CancelSubscriptionRequest, call: Call) -> cnt_payment_v1_subscription_pb2.CancelSubscriptionResponse:
        """Ends the caller's subscription when what was paid is over.
        Anyone signed in with a real account. SUBSCRIPTION_NOT_FOUND; STRIPE_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def OpenPortal(self, request: cnt_payment_v1_subscription_pb2.OpenPortalRequest, call: Call) -> cnt_payment_v1_subscription_pb2.OpenPortalResponse:
        """A page of Stripe with the caller's cards and bills.
        Anyone who has subscribed. SUBSCRIPTION_NOT_FOUND; STRIPE_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def ListAllPlans(self, request: cnt_payment_v1_subscription_pb2.ListAllPlansRequest, call: Call) -> cnt_payment_v1_subscription_pb2.ListAllPlansResponse:
        """All plans, those that cannot be subscribed to any more among them.
        Administrators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def CreatePlan(self, request: cnt_payment_v1_subscription_pb2.CreatePlanRequest, call: Call) -> cnt_payment_v1_subscription_pb2.CreatePlanResponse:
        """Makes a plan.
        Administrators. OFFER_NAME_TAKEN; CURRENCY_UNSUPPORTED.
        """
        ...

    @abstractmethod
    async def UpdatePlan(self, request: cnt_payment_v1_subscription_pb2.UpdatePlanRequest, call: Call) -> cnt_payment_v1_subscription_pb2.UpdatePlanResponse:
        """Changes a plan.
        Administrators. PLAN_NOT_FOUND; OFFER_NAME_TAKEN.
        """
        ...

    @abstractmethod
    async def DeletePlan(self, request: cnt_payment_v1_subscription_pb2.DeletePlanRequest, call: Call) -> cnt_payment_v1_subscription_pb2.DeletePlanResponse:
        """Withdraws a plan.
        Administrators. PLAN_NOT_FOUND.
        """
        ...
