"""Answers the methods of PaymentService that are about bank details."""

from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.messages import bank as messages
from cnt_grpc.payment.rules import bank
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.bank_pb2 import (
    CreateBankDetailsRequest,
    CreateBankDetailsResponse,
    DeleteBankDetailsRequest,
    DeleteBankDetailsResponse,
    GetBankDetailsRequest,
    GetBankDetailsResponse,
    GetUserBankDetailsRequest,
    GetUserBankDetailsResponse,
    UpdateBankDetailsRequest,
    UpdateBankDetailsResponse,
    VerifyBankDetailsRequest,
    VerifyBankDetailsResponse,
)


class Bank(Part):
    """Bank details."""

    __slots__ = ()

    async def GetBankDetails(self, _: GetBankDetailsRequest, call: Call) -> GetBankDetailsResponse:
        """The caller's bank details; of numbers the last four characters."""
        found = await bank.own(call.tx, self.vault, call.caller.user_id)
        return GetBankDetailsResponse(bank_details=messages.shown(found))

    async def CreateBankDetails(self, request: CreateBankDetailsRequest, call: Call) -> CreateBankDetailsResponse:
        """Keeps the caller's bank details."""
        found = await bank.create(call.tx, self.vault, call.caller, messages.fields(request.bank_details))
        return CreateBankDetailsResponse(bank_details=messages.shown(found))

    async def UpdateBankDetails(self, request: UpdateBankDetailsRequest, call: Call) -> UpdateBankDetailsResponse:
        """Keeps other bank details instead."""
        found = await bank.update(call.tx, self.vault, call.caller, messages.fields(request.bank_details))
        return UpdateBankDetailsResponse(bank_details=messages.shown(found))

    async def DeleteBankDetails(self, _: DeleteBankDetailsRequest, call: Call) -> DeleteBankDetailsResponse:
        """Forgets the caller's bank details."""
        await bank.delete(call.tx, call.caller)
        return DeleteBankDetailsResponse()

    async def GetUserBankDetails(self, request: GetUserBankDetailsRequest, call: Call) -> GetUserBankDetailsResponse:
        """Somebody's bank details in full."""
        # A GET that writes: who looked, and why.
        async with call.db.transaction() as tx:
            found = await bank.look_at(tx, self.vault, call.caller, request.user_id, request.reason)
        return GetUserBankDetailsResponse(bank_details=messages.full(found), is_verified=found.is_verified)

    async def VerifyBankDetails(self, request: VerifyBankDetailsRequest, call: Call) -> VerifyBankDetailsResponse:
        """Says that somebody's bank details are right."""
        await bank.verify(call.tx, call.caller, request.user_id)
        return VerifyBankDetailsResponse()
