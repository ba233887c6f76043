"""Answers the methods of WalletService that are about discount codes."""

from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.messages import discounts as messages
from cnt_grpc.payment.rules import discounts, packages
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.discount_pb2 import (
    CreateDiscountCodeRequest,
    CreateDiscountCodeResponse,
    DeleteDiscountCodeRequest,
    DeleteDiscountCodeResponse,
    GetLatestRewardRequest,
    GetLatestRewardResponse,
    ListDiscountCodesRequest,
    ListDiscountCodesResponse,
    ListMyDiscountCodesRequest,
    ListMyDiscountCodesResponse,
    UpdateDiscountCodeRequest,
    UpdateDiscountCodeResponse,
    ValidateDiscountRequest,
    ValidateDiscountResponse,
)


class Discounts(Part):
    """Discount codes."""

    __slots__ = ()

    async def ValidateDiscount(self, request: ValidateDiscountRequest, call: Call) -> ValidateDiscountResponse:
        """What a package would cost with these codes."""
        package = await packages.sold(call.tx, request.package_id)
        price = await discounts.priced(call.tx, call.caller.user_id, package, request.discount_codes)
        return messages.price(price)

    async def ListMyDiscountCodes(self, request: ListMyDiscountCodesRequest, call: Call) -> ListMyDiscountCodesResponse:
        """Codes that were made for the caller, newest first."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, token = await discounts.mine(call.tx, call.caller, page)
        return ListMyDiscountCodesResponse(discount_codes=map(messages.discount_code, rows), next_page_token=token)

    async def GetLatestReward(self, _: GetLatestRewardRequest, call: Call) -> GetLatestRewardResponse:
        """The code that the caller's latest purchase has made."""
        row = await discounts.latest_reward(call.tx, call.caller)
        return GetLatestRewardResponse(discount_code=messages.discount_code(row) if row else None)

    async def ListDiscountCodes(self, request: ListDiscountCodesRequest, call: Call) -> ListDiscountCodesResponse:
        """All codes, newest first."""
        rows, token = await discounts.listed(call.tx, Page.of(request, method=call.method))
        return ListDiscountCodesResponse(discount_codes=map(messages.discount_code, rows), next_page_token=token)

    async def CreateDiscountCode(self, request: CreateDiscountCodeRequest, call: Call) -> CreateDiscountCodeResponse:
        """Makes a code for everyone."""
        row = await discounts.create(call.tx, call.caller, messages.new_code(request))
        return CreateDiscountCodeResponse(discount_code=messages.discount_code(row))

    async def UpdateDiscountCode(self, request: UpdateDiscountCodeRequest, call: Call) -> UpdateDiscountCodeResponse:
        """Changes a code."""
        wanted = messages.code_changes(request)
        row = await discounts.update(call.tx, call.caller, request.discount_code_id, wanted)
        return UpdateDiscountCodeResponse(discount_code=messages.discount_code(row))

    async def DeleteDiscountCode(self, request: DeleteDiscountCodeRequest, call: Call) -> DeleteDiscountCodeResponse:
        """Withdraws a code; purchases that have begun keep their discount."""
        await discounts.withdraw(call.tx, call.caller, request.discount_code_id)
        return DeleteDiscountCodeResponse()
