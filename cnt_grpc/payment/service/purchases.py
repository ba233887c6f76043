"""Answers the methods of WalletService that are about purchases of coins."""

from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.messages import payments as messages
from cnt_grpc.payment.rules import paying, purchases
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.coin_package_pb2 import (
    ListPurchasesRequest,
    ListPurchasesResponse,
    PurchaseCoinsRequest,
    PurchaseCoinsResponse,
)


class Purchases(Part):
    """Purchases of coins."""

    __slots__ = ()

    async def PurchaseCoins(self, request: PurchaseCoinsRequest, call: Call) -> PurchaseCoinsResponse:
        """Begins to buy a package of coins: the answer says where to pay."""
        under = paying.request_id(call, request.request_id)
        payment, given, url = await purchases.buy(
            call.db, self.stripe, call.caller, package_id=request.package_id, codes=request.discount_codes, under=under
        )
        return PurchaseCoinsResponse(purchase=messages.purchase(payment, given), checkout_url=url)

    async def ListPurchases(self, request: ListPurchasesRequest, call: Call) -> ListPurchasesResponse:
        """The caller's purchases, newest first."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, token = await purchases.listed(call.tx, call.caller, page)
        found = [messages.purchase(row, row) for row in rows]
        return ListPurchasesResponse(purchases=found, next_page_token=token)
