# Generated from cnt/payment/v1/wallet_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.payment.v1.WalletService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.payment.v1 import wallet_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call
    from cnt_grpc.pb.cnt.payment.v1 import coin_package_pb2 as cnt_payment_v1_coin_package_pb2
    from cnt_grpc.pb.cnt.payment.v1 import discount_pb2 as cnt_payment_v1_discount_pb2
    from cnt_grpc.pb.cnt.payment.v1 import gift_pb2 as cnt_payment_v1_gift_pb2

SERVICE: Final = "cnt.payment.v1.WalletService"


class Servicer(Protocol):
    """Wallets, gifts and codes. Prices, discounts and commissions are the server's: no client names them."""

    __slots__ = ()

    @abstractmethod
    async def GetWallet(self, request: cnt_payment_v1_coin_package_pb2.GetWalletRequest, call: Call) -> cnt_payment_v1_coin_package_pb2.GetWalletResponse:
        """The caller's coins.
        Anyone signed in with a real account.
        """
        ...

    @abstractmethod
    async def ListCoinPackages(self, request: cnt_payment_v1_coin_package_pb2.ListCoinPackagesRequest, call: Call) -> cnt_payment_v1_coin_package_pb2.ListCoinPackagesResponse:
        """Packages of coins that are sold.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def PurchaseCoins(self, request: cnt_payment_v1_coin_package_pb2.PurchaseCoinsRequest, call: Call) -> cnt_payment_v1_coin_package_pb2.PurchaseCoinsResponse:
        """Begins to buy a package of coins: the answer says where to pay. The coins come when the provider says that it is
        paid, or at once when codes leave nothing to pay.
        Anyone signed in with a real account. STRIPE_NOT_CONFIGURED; the reasons of ValidateDiscount; PROVIDER_REFUSED;
        PAYMENT_OVER, when a call under this request_id failed and was not made again within 20 hours.
        """
        ...

    @abstractmethod
    async def ListPurchases(self, request: cnt_payment_v1_coin_package_pb2.ListPurchasesRequest, call: Call) -> cnt_payment_v1_coin_package_pb2.ListPurchasesResponse:
        """The caller's purchases, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListGifts(self, request: cnt_payment_v1_gift_pb2.ListGiftsRequest, call: Call) -> cnt_payment_v1_gift_pb2.ListGiftsResponse:
        """Gifts that can be given.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def SendGift(self, request: cnt_payment_v1_gift_pb2.SendGiftRequest, call: Call) -> cnt_payment_v1_gift_pb2.SendGiftResponse:
        """Gives a gift. Its price leaves the caller's wallet, and the recipient earns it without the commission that is in
        force.
        Anyone signed in with a real account. GIFT_NOT_FOUND; USER_NOT_FOUND for a recipient who is gone, or whom the caller
        shall not meet; GIFT_TO_ONESELF; INSUFFICIENT_COINS; in a live stream
        STREAM_NOT_FOUND, STREAM_ENDED and GIFT_NOT_TO_HOST.
        """
        ...

    @abstractmethod
    async def ListGiftsSent(self, request: cnt_payment_v1_gift_pb2.ListGiftsSentRequest, call: Call) -> cnt_payment_v1_gift_pb2.ListGiftsSentResponse:
        """Gifts that the caller gave, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListGiftsReceived(self, request: cnt_payment_v1_gift_pb2.ListGiftsReceivedRequest, call: Call) -> cnt_payment_v1_gift_pb2.ListGiftsReceivedResponse:
        """Gifts that the caller got, newest first.
        Approved creators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ValidateDiscount(self, request: cnt_payment_v1_discount_pb2.ValidateDiscountRequest, call: Call) -> cnt_payment_v1_discount_pb2.ValidateDiscountResponse:
        """What a package would cost with these codes. Nothing is reserved by asking.
        Anyone signed in with a real account. COIN_PACKAGE_NOT_FOUND; DISCOUNT_CODE_NOT_FOUND; DISCOUNT_CODE_EXPIRED;
        DISCOUNT_CODE_USED_UP; DISCOUNT_CODE_USED; DISCOUNT_CODE_UNSUITABLE; DISCOUNT_CODES_NOT_STACKABLE.
        """
        ...

    @abstractmethod
    async def ListMyDiscountCodes(self, request: cnt_payment_v1_discount_pb2.ListMyDiscountCodesRequest, call: Call) -> cnt_payment_v1_discount_pb2.ListMyDiscountCodesResponse:
        """Codes that were made for the caller, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetLatestReward(self, request: cnt_payment_v1_discount_pb2.GetLatestRewardRequest, call: Call) -> cnt_payment_v1_discount_pb2.GetLatestRewardResponse:
        """The code that the caller's latest purchase has made.
        Anyone signed in with a real account.
        """
        ...

    @abstractmethod
    async def ListAllCoinPackages(self, request: cnt_payment_v1_coin_package_pb2.ListAllCoinPackagesRequest, call: Call) -> cnt_payment_v1_coin_package_pb2.ListAllCoinPackagesResponse:
        """All packages of coins, those that are not sold any more among them.
        Administrators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def CreateCoinPackage(self, request: cnt_payment_v1_coin_package_pb2.CreateCoinPackageRequest, call: Call) -> cnt_payment_v1_coin_package_pb2.CreateCoinPackageResponse:
        """Makes a package of coins.
        Administrators. OFFER_NAME_TAKEN; CURRENCY_UNSUPPORTED.
        """
        ...

    @abstractmethod
    async def UpdateCoinPackage(self, request: cnt_payment_v1_coin_package_pb2.UpdateCoinPackageRequest, call: Call) -> cnt_payment_v1_coin_package_pb2.UpdateCoinPackageResponse:
        """Changes a package of coins.
        Administrators. COIN_PACKAGE_NOT_FOUND; OFFER_NAME_TAKEN; CURRENCY_UNSUPPORTED.
        """
        ...

    @abstractmethod
    async def DeleteCoinPackage(self, request: cnt_payment_v1_coin_package_pb2.DeleteCoinPackageRequest, call: Call) -> cnt_payment_v1_coin_package_pb2.DeleteCoinPackageResponse:
        """Withdraws a package of coins; what was bought stays bought.
        Administrators. COIN_PACKAGE_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListAllGifts(self, request: cnt_payment_v1_gift_pb2.ListAllGiftsRequest, call: Call) -> cnt_payment_v1_gift_pb2.ListAllGiftsResponse:
        """All gifts, those that are not given any more among them.
        Administrators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def CreateGift(self, request: cnt_payment_v1_gift_pb2.CreateGiftRequest, call: Call) -> cnt_payment_v1_gift_pb2.CreateGiftResponse:
        """Makes a gift.
        Administrators. OFFER_NAME_TAKEN.
        """
        ...

    @abstractmethod
    async def UpdateGift(self, request: cnt_payment_v1_gift_pb2.UpdateGiftRequest, call: Call) -> cnt_payment_v1_gift_pb2.UpdateGiftResponse:
        """Changes a gift.
        Administrators. GIFT_NOT_FOUND; OFFER_NAME_TAKEN.
        """
        ...

    @abstractmethod
    async def DeleteGift(self, request: cnt_payment_v1_gift_pb2.DeleteGiftRequest, call: Call) -> cnt_payment_v1_gift_pb2.DeleteGiftResponse:
        """Withdraws a gift; what was given stays given.
        Administrators. GIFT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListDiscountCodes(self, request: cnt_payment_v1_discount_pb2.ListDiscountCodesRequest, call: Call) -> cnt_payment_v1_discount_pb2.ListDiscountCodesResponse:
        """All codes, newest first.
        Administrators. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def CreateDiscountCode(self, request: cnt_payment_v1_discount_pb2.CreateDiscountCodeRequest, call: Call) -> cnt_payment_v1_discount_pb2.CreateDiscountCodeResponse:
        """Makes a code for everyone.
        Administrators. DISCOUNT_CODE_TAKEN; COIN_PACKAGE_NOT_FOUND; CURRENCY_UNSUPPORTED.
        """
        ...

    @abstractmethod
    async def UpdateDiscountCode(self, request: cnt_payment_v1_discount_pb2.UpdateDiscountCodeRequest, call: Call) -> cnt_payment_v1_discount_pb2.UpdateDiscountCodeResponse:
        """Changes a code.
        Administrators. DISCOUNT_CODE_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def DeleteDiscountCode(self, request: cnt_payment_v1_discount_pb2.DeleteDiscountCodeRequest, call: Call) -> cnt_payment_v1_discount_pb2.DeleteDiscountCodeResponse:
        """Withdraws a code; purchases that have begun keep their discount.
        Administrators. DISCOUNT_CODE_NOT_FOUND.
        """
        ...
