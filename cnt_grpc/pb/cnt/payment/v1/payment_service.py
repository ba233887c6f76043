# Generated from cnt/payment/v1/payment_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.payment.v1.PaymentService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.payment.v1 import payment_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call
    from cnt_grpc.pb.cnt.payment.v1 import bank_pb2 as cnt_payment_v1_bank_pb2
    from cnt_grpc.pb.cnt.payment.v1 import commission_pb2 as cnt_payment_v1_commission_pb2
    from cnt_grpc.pb.cnt.payment.v1 import donation_pb2 as cnt_payment_v1_donation_pb2
    from cnt_grpc.pb.cnt.payment.v1 import payout_pb2 as cnt_payment_v1_payout_pb2
    from cnt_grpc.pb.cnt.payment.v1 import recurring_donation_pb2 as cnt_payment_v1_recurring_donation_pb2

SERVICE: Final = "cnt.payment.v1.PaymentService"


class Servicer(Protocol):
    """Money that comes and goes. Success comes from the provider alone, never from a client."""

    __slots__ = ()

    @abstractmethod
    async def CreatePaymentIntent(self, request: cnt_payment_v1_donation_pb2.CreatePaymentIntentRequest, call: Call) -> cnt_payment_v1_donation_pb2.CreatePaymentIntentResponse:
        """Begins a donation by card: the app confirms it with Stripe. It counts when Stripe says that it is paid.
        Anyone signed in with a real account. USER_NOT_FOUND; GIFT_TO_ONESELF; CURRENCY_UNSUPPORTED; STRIPE_NOT_CONFIGURED;
        PROVIDER_REFUSED; PAYMENT_OVER, when a call under this request_id failed and was not made again within 20 hours.
        """
        ...

    @abstractmethod
    async def CreateDonation(self, request: cnt_payment_v1_donation_pb2.CreateDonationRequest, call: Call) -> cnt_payment_v1_donation_pb2.CreateDonationResponse:
        """Begins a donation by card or with PayPal. It counts when the provider says that it is paid.
        Anyone signed in with a real account. PAYPAL_NOT_CONFIGURED; the reasons of CreatePaymentIntent.
        """
        ...

    @abstractmethod
    async def CaptureDonation(self, request: cnt_payment_v1_donation_pb2.CaptureDonationRequest, call: Call) -> cnt_payment_v1_donation_pb2.CaptureDonationResponse:
        """Takes the money of an order that its giver has approved at PayPal, and books what PayPal says.
        Its giver. DONATION_NOT_FOUND; PAYPAL_NOT_CONFIGURED; PROVIDER_REFUSED, when it is not approved for one.
        """
        ...

    @abstractmethod
    async def ConfirmDonation(self, request: cnt_payment_v1_donation_pb2.ConfirmDonationRequest, call: Call) -> cnt_payment_v1_donation_pb2.ConfirmDonationResponse:
        """Asks Stripe where a donation stands, and books what it says.
        Its giver. DONATION_NOT_FOUND; STRIPE_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def ListSentDonations(self, request: cnt_payment_v1_donation_pb2.ListSentDonationsRequest, call: Call) -> cnt_payment_v1_donation_pb2.ListSentDonationsResponse:
        """Donations that the caller gave, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListReceivedDonations(self, request: cnt_payment_v1_donation_pb2.ListReceivedDonationsRequest, call: Call) -> cnt_payment_v1_donation_pb2.ListReceivedDonationsResponse:
        """Donations that the caller got, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetDonationEligibility(self, request: cnt_payment_v1_donation_pb2.GetDonationEligibilityRequest, call: Call) -> cnt_payment_v1_donation_pb2.GetDonationEligibilityResponse:
        """Whether donations reach a person.
        Anyone. USER_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListAllDonations(self, request: cnt_payment_v1_donation_pb2.ListAllDonationsRequest, call: Call) -> cnt_payment_v1_donation_pb2.ListAllDonationsResponse:
        """All donations, newest first.
        Administrators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def CreateRecurringDonation(self, request: cnt_payment_v1_recurring_donation_pb2.CreateRecurringDonationRequest, call: Call) -> cnt_payment_v1_recurring_donation_pb2.CreateRecurringDonationResponse:
        """Begins to give every week or every month, by card: on a page of Stripe the giver pays the first one. Each one counts as
        a donation of its own when Stripe says that it is paid, with the commission in force then.
        Anyone signed in with a real account. USER_NOT_FOUND; GIFT_TO_ONESELF; CURRENCY_UNSUPPORTED; STRIPE_NOT_CONFIGURED;
        PROVIDER_REFUSED; RECURRING_DONATION_ENDED, when it was ended before its page was made.
        """
        ...

    @abstractmethod
    async def ListRecurringDonations(self, request: cnt_payment_v1_recurring_donation_pb2.ListRecurringDonationsRequest, call: Call) -> cnt_payment_v1_recurring_donation_pb2.ListRecurringDonationsResponse:
        """Recurring donations that the caller gives or gave, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def DeleteRecurringDonation(self, request: cnt_payment_v1_recurring_donation_pb2.DeleteRecurringDonationRequest, call: Call) -> cnt_payment_v1_recurring_donation_pb2.DeleteRecurringDonationResponse:
        """Ends a recurring donation at once: nothing more is charged. What was given stays given.
        Its giver. RECURRING_DONATION_NOT_FOUND; STRIPE_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def GetGivingStatement(self, request: cnt_payment_v1_donation_pb2.GetGivingStatementRequest, call: Call) -> cnt_payment_v1_donation_pb2.GetGivingStatementResponse:
        """A year's giving of the caller, by currency, with every donation.
        Anyone signed in with a real account. GIVING_STATEMENT_TOO_LONG, when there are more than 5000.
        """
        ...

    @abstractmethod
    async def GetDonation(self, request: cnt_payment_v1_donation_pb2.GetDonationRequest, call: Call) -> cnt_payment_v1_donation_pb2.GetDonationResponse:
        """One donation.
        Its giver, and its recipient once it is paid. DONATION_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetDonationReceipt(self, request: cnt_payment_v1_donation_pb2.GetDonationReceiptRequest, call: Call) -> cnt_payment_v1_donation_pb2.GetDonationReceiptResponse:
        """The receipt of a donation that is paid.
        Its giver. DONATION_NOT_FOUND; DONATION_NOT_PAID.
        """
        ...

    @abstractmethod
    async def RefundPayment(self, request: cnt_payment_v1_donation_pb2.RefundPaymentRequest, call: Call) -> cnt_payment_v1_donation_pb2.RefundPaymentResponse:
        """Returns a payment, or a part of it, to who paid. What was bought for it is taken back; what was spent since becomes a
        debt. Audited.
        Administrators. PAYMENT_NOT_FOUND; PAYMENT_NOT_REFUNDABLE; STRIPE_NOT_CONFIGURED;
        PAYPAL_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def ReceiveStripeEvent(self, request: cnt_payment_v1_donation_pb2.ReceiveStripeEventRequest, call: Call) -> cnt_payment_v1_donation_pb2.ReceiveStripeEventResponse:
        """Takes an event of Stripe: signed, at most five minutes old, and kept once however often it comes.
        Stripe. WEBHOOK_SIGNATURE_INVALID; MALFORMED; STRIPE_NOT_CONFIGURED.
        """
        ...

    @abstractmethod
    async def ReceivePaypalEvent(self, request: cnt_payment_v1_donation_pb2.ReceivePaypalEventRequest, call: Call) -> cnt_payment_v1_donation_pb2.ReceivePaypalEventResponse:
        """Takes an event of PayPal: signed with a certificate from PayPal's own hosts, and kept once however often it comes.
        PayPal. WEBHOOK_SIGNATURE_INVALID; MALFORMED; PAYPAL_NOT_CONFIGURED.
        """
        ...

    @abstractmethod
    async def CreateConnectAccount(self, request: cnt_payment_v1_payout_pb2.CreateConnectAccountRequest, call: Call) -> cnt_payment_v1_payout_pb2.CreateConnectAccountResponse:
        """Makes the caller an account at Stripe, where earnings can go.
        Anyone signed in with a real account. PAYMENT_ACCOUNT_EXISTS; STRIPE_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def CreateOnboardingLink(self, request: cnt_payment_v1_payout_pb2.CreateOnboardingLinkRequest, call: Call) -> cnt_payment_v1_payout_pb2.CreateOnboardingLinkResponse:
        """A page of Stripe that asks the caller what it must know before money can go to their account.
        Anyone with an account at Stripe. PAYMENT_ACCOUNT_NOT_FOUND; STRIPE_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def GetConnectStatus(self, request: cnt_payment_v1_payout_pb2.GetConnectStatusRequest, call: Call) -> cnt_payment_v1_payout_pb2.GetConnectStatusResponse:
        """How the caller's account at Stripe stands, as Stripe says now.
        Anyone signed in with a real account. STRIPE_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def GetUserConnectStatus(self, request: cnt_payment_v1_payout_pb2.GetUserConnectStatusRequest, call: Call) -> cnt_payment_v1_payout_pb2.GetUserConnectStatusResponse:
        """Whether money can go to somebody's account at Stripe, as Stripe has said last.
        Anyone. USER_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetDashboardLink(self, request: cnt_payment_v1_payout_pb2.GetDashboardLinkRequest, call: Call) -> cnt_payment_v1_payout_pb2.GetDashboardLinkResponse:
        """A page of Stripe on which the caller sees their account.
        Anyone with an account at Stripe. PAYMENT_ACCOUNT_NOT_FOUND; STRIPE_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def ListPaymentAccounts(self, request: cnt_payment_v1_payout_pb2.ListPaymentAccountsRequest, call: Call) -> cnt_payment_v1_payout_pb2.ListPaymentAccountsResponse:
        """Where the caller's earnings can go.
        Approved creators.
        """
        ...

    @abstractmethod
    async def CreatePaymentAccount(self, request: cnt_payment_v1_payout_pb2.CreatePaymentAccountRequest, call: Call) -> cnt_payment_v1_payout_pb2.CreatePaymentAccountResponse:
        """Adds an account to which the caller's earnings can go: one at PayPal by the address or the payer id of its owner, or the
        one at Stripe that was made for the caller here and is used no longer.
        Approved creators. PAYMENT_ACCOUNT_EXISTS; PAYMENT_ACCOUNT_NOT_FOUND, when Stripe has none that was made for the caller;
        PAYMENT_ACCOUNT_INVALID; STRIPE_NOT_CONFIGURED; PAYPAL_NOT_CONFIGURED; PROVIDER_REFUSED.
        """
        ...

    @abstractmethod
    async def DeletePaymentAccount(self, request: cnt_payment_v1_payout_pb2.DeletePaymentAccountRequest, call: Call) -> cnt_payment_v1_payout_pb2.DeletePaymentAccountResponse:
        """Uses an account no longer.
        Approved creators. PAYMENT_ACCOUNT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetCreatorPayout(self, request: cnt_payment_v1_payout_pb2.GetCreatorPayoutRequest, call: Call) -> cnt_payment_v1_payout_pb2.GetCreatorPayoutResponse:
        """What the caller has earned, and where it can go.
        Approved creators.
        """
        ...

    @abstractmethod
    async def RequestPayout(self, request: cnt_payment_v1_payout_pb2.RequestPayoutRequest, call: Call) -> cnt_payment_v1_payout_pb2.RequestPayoutResponse:
        """Sends earnings to an account. They leave the balance at once, and come back when the provider refuses.
        Approved creators. PAYMENT_ACCOUNT_NOT_FOUND; PAYMENT_ACCOUNT_INACTIVE; INSUFFICIENT_EARNINGS; PAYOUT_BLOCKED_BY_DEBT;
        CURRENCY_UNSUPPORTED.
        """
        ...

    @abstractmethod
    async def ListPayouts(self, request: cnt_payment_v1_payout_pb2.ListPayoutsRequest, call: Call) -> cnt_payment_v1_payout_pb2.ListPayoutsResponse:
        """The caller's payouts, newest first.
        Approved creators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetBankDetails(self, request: cnt_payment_v1_bank_pb2.GetBankDetailsRequest, call: Call) -> cnt_payment_v1_bank_pb2.GetBankDetailsResponse:
        """The caller's bank details; of numbers the last four characters.
        Anyone signed in with a real account. BANK_DETAILS_NOT_FOUND; BANK_KEYS_NOT_CONFIGURED.
        """
        ...

    @abstractmethod
    async def CreateBankDetails(self, request: cnt_payment_v1_bank_pb2.CreateBankDetailsRequest, call: Call) -> cnt_payment_v1_bank_pb2.CreateBankDetailsResponse:
        """Keeps the caller's bank details.
        Anyone signed in with a real account. BANK_DETAILS_EXIST; BANK_KEYS_NOT_CONFIGURED.
        """
        ...

    @abstractmethod
    async def UpdateBankDetails(self, request: cnt_payment_v1_bank_pb2.UpdateBankDetailsRequest, call: Call) -> cnt_payment_v1_bank_pb2.UpdateBankDetailsResponse:
        """Keeps other bank details instead.
        Anyone signed in with a real account. BANK_DETAILS_NOT_FOUND; BANK_KEYS_NOT_CONFIGURED.
        """
        ...

    @abstractmethod
    async def DeleteBankDetails(self, request: cnt_payment_v1_bank_pb2.DeleteBankDetailsRequest, call: Call) -> cnt_payment_v1_bank_pb2.DeleteBankDetailsResponse:
        """Forgets the caller's bank details.
        Anyone signed in with a real account. BANK_DETAILS_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def GetUserBankDetails(self, request: cnt_payment_v1_bank_pb2.GetUserBankDetailsRequest, call: Call) -> cnt_payment_v1_bank_pb2.GetUserBankDetailsResponse:
        """Somebody's bank details in full. Each look is audited with its reason.
        Administrators. BANK_DETAILS_NOT_FOUND; BANK_KEYS_NOT_CONFIGURED.
        """
        ...

    @abstractmethod
    async def VerifyBankDetails(self, request: cnt_payment_v1_bank_pb2.VerifyBankDetailsRequest, call: Call) -> cnt_payment_v1_bank_pb2.VerifyBankDetailsResponse:
        """Says that somebody's bank details are right. Audited.
        Administrators. BANK_DETAILS_NOT_FOUND.
        """
        ...

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
