"""Answers the methods of WalletService that are about coins and their packages."""

from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.payment.messages import offers as messages
from cnt_grpc.payment.rules import packages, wallets
from cnt_grpc.payment.service.base import Part
from cnt_grpc.pb.cnt.payment.v1.coin_package_pb2 import (
    CreateCoinPackageRequest,
    CreateCoinPackageResponse,
    DeleteCoinPackageRequest,
    DeleteCoinPackageResponse,
    GetWalletRequest,
    GetWalletResponse,
    ListAllCoinPackagesRequest,
    ListAllCoinPackagesResponse,
    ListCoinPackagesRequest,
    ListCoinPackagesResponse,
    UpdateCoinPackageRequest,
    UpdateCoinPackageResponse,
)


class Coins(Part):
    """Coins and their packages."""

    __slots__ = ()

    async def GetWallet(self, _: GetWalletRequest, call: Call) -> GetWalletResponse:
        """The caller's coins."""
        balance, debt = await wallets.coins(call.tx, call.caller)
        return GetWalletResponse(balance_coins=balance, debt_coins=debt)

    async def ListCoinPackages(self, request: ListCoinPackagesRequest, call: Call) -> ListCoinPackagesResponse:
        """Packages of coins that are sold."""
        rows, token = await packages.listed(call.tx, Page.of(request, method=call.method))
        return ListCoinPackagesResponse(packages=map(messages.coin_package, rows), next_page_token=token)

    async def ListAllCoinPackages(self, request: ListAllCoinPackagesRequest, call: Call) -> ListAllCoinPackagesResponse:
        """All packages of coins, those that are not sold any more among them."""
        rows, token = await packages.listed(call.tx, Page.of(request, method=call.method), every=True)
        return ListAllCoinPackagesResponse(packages=map(messages.coin_package, rows), next_page_token=token)

    async def CreateCoinPackage(self, request: CreateCoinPackageRequest, call: Call) -> CreateCoinPackageResponse:
        """Makes a package of coins."""
        row = await packages.create(call.tx, call.caller, messages.new_package(request))
        return CreateCoinPackageResponse(package=messages.coin_package(row))

    async def UpdateCoinPackage(self, request: UpdateCoinPackageRequest, call: Call) -> UpdateCoinPackageResponse:
        """Changes a package of coins."""
        wanted = messages.changes(request, besides="package_id")
        row = await packages.update(call.tx, call.caller, request.package_id, wanted)
        return UpdateCoinPackageResponse(package=messages.coin_package(row))

    async def DeleteCoinPackage(self, request: DeleteCoinPackageRequest, call: Call) -> DeleteCoinPackageResponse:
        """Withdraws a package of coins; what was bought stays bought."""
        await packages.withdraw(call.tx, call.caller, request.package_id)
        return DeleteCoinPackageResponse()
