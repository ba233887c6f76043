"""Answers the methods of WalletService that are about gifts."""

from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.messages import offers as messages
from cnt_grpc.payment.rules import gifts
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.gift_pb2 import (
    CreateGiftRequest,
    CreateGiftResponse,
    DeleteGiftRequest,
    DeleteGiftResponse,
    ListAllGiftsRequest,
    ListAllGiftsResponse,
    ListGiftsReceivedRequest,
    ListGiftsReceivedResponse,
    ListGiftsRequest,
    ListGiftsResponse,
    ListGiftsSentRequest,
    ListGiftsSentResponse,
    SendGiftRequest,
    SendGiftResponse,
    UpdateGiftRequest,
    UpdateGiftResponse,
)


class Gifts(Part):
    """Gifts."""

    __slots__ = ()

    async def ListGifts(self, request: ListGiftsRequest, call: Call) -> ListGiftsResponse:
        """Gifts that can be given."""
        rows, token = await gifts.listed(call.tx, Page.of(request, method=call.method))
        return ListGiftsResponse(gifts=map(messages.gift, rows), next_page_token=token)

    async def SendGift(self, request: SendGiftRequest, call: Call) -> SendGiftResponse:
        """Gives a gift."""
        row = await gifts.give(call.tx, call.caller, messages.wish(request))
        return messages.sent_gift(request, call.caller.user_id, row)

    async def ListGiftsSent(self, request: ListGiftsSentRequest, call: Call) -> ListGiftsSentResponse:
        """Gifts that the caller gave, newest first."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, token = await gifts.sent(call.tx, call.caller, page)
        return ListGiftsSentResponse(gifts=messages.given_gifts(rows, call.caller.user_id), next_page_token=token)

    async def ListGiftsReceived(self, request: ListGiftsReceivedRequest, call: Call) -> ListGiftsReceivedResponse:
        """Gifts that the caller got, newest first."""
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, token = await gifts.received(call.tx, call.caller, page)
        return ListGiftsReceivedResponse(gifts=messages.given_gifts(rows, call.caller.user_id), next_page_token=token)

    async def ListAllGifts(self, request: ListAllGiftsRequest, call: Call) -> ListAllGiftsResponse:
        """All gifts, those that are not given any more among them."""
        rows, token = await gifts.listed(call.tx, Page.of(request, method=call.method), every=True)
        return ListAllGiftsResponse(gifts=map(messages.gift, rows), next_page_token=token)

    async def CreateGift(self, request: CreateGiftRequest, call: Call) -> CreateGiftResponse:
        """Makes a gift."""
        row = await gifts.create(call.tx, call.caller, messages.new_gift(request))
        return CreateGiftResponse(gift=messages.gift(row))

    async def UpdateGift(self, request: UpdateGiftRequest, call: Call) -> UpdateGiftResponse:
        """Changes a gift."""
        wanted = messages.changes(request, besides="gift_id")
        row = await gifts.update(call.tx, call.caller, request.gift_id, wanted)
        return UpdateGiftResponse(gift=messages.gift(row))

    async def DeleteGift(self, request: DeleteGiftRequest, call: Call) -> DeleteGiftResponse:
        """Withdraws a gift; what was given stays given."""
        await gifts.withdraw(call.tx, call.caller, request.gift_id)
        return DeleteGiftResponse()
