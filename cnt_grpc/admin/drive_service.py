"""Answers DriveService: request, rules, message."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from cnt_grpc.admin.drive_watching import watched
from cnt_grpc.admin.messages import drive as messages
from cnt_grpc.admin.rules import drive_imports, drive_parting
from cnt_grpc.admin.rules.drive_imports import DriveImports
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.times import set_time
from cnt_grpc.pb.cnt.admin.v1 import drive_service
from cnt_grpc.pb.cnt.admin.v1 import drive_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class DriveService(drive_service.Servicer):
    """Import from Google Drive."""

    imports: DriveImports

    async def GetDriveAuthUrl(self, request: pb2.GetDriveAuthUrlRequest, call: Call) -> pb2.GetDriveAuthUrlResponse:
        del request
        return pb2.GetDriveAuthUrlResponse(url=self.imports.accounts.page(call.caller.user_id))

    async def FinishDriveSignIn(
        self, request: pb2.FinishDriveSignInRequest, call: Call
    ) -> pb2.FinishDriveSignInResponse:
        email = await self.imports.accounts.connect(call.db, call.caller.user_id, request.code, request.state)
        return pb2.FinishDriveSignInResponse(email=email)

    async def DisconnectDrive(self, request: pb2.DisconnectDriveRequest, call: Call) -> pb2.DisconnectDriveResponse:
        del request
        await drive_parting.disconnect(call.tx, call.caller)
        return pb2.DisconnectDriveResponse()

    async def GetDrivePickerToken(
        self, request: pb2.GetDrivePickerTokenRequest, call: Call
    ) -> pb2.GetDrivePickerTokenResponse:
        del request
        accounts = self.imports.accounts
        tokens = await accounts.tokens(call.caller.user_id)
        answer = pb2.GetDrivePickerTokenResponse(access_token=tokens.access, client_id=accounts.drive.client_id)
        set_time(answer.expires_at, tokens.ends_at)
        return answer

    async def ListDriveFiles(self, request: pb2.ListDriveFilesRequest, call: Call) -> pb2.ListDriveFilesResponse:
        filters = (call.caller.user_id, request.folder_id, request.search)
        page = Page.of(request, method=call.method, filters=filters)
        found, token = await self.imports.files(call.caller, request.folder_id, request.search, page)
        files = [messages.file(each, self.imports.limits) for each in found]
        return pb2.ListDriveFilesResponse(files=files, next_page_token=token)

    async def ImportDriveFile(self, request: pb2.ImportDriveFileRequest, call: Call) -> pb2.ImportDriveFileResponse:
        row = await self.imports.begin(call.caller, request.file_id)
        return pb2.ImportDriveFileResponse(drive_import=messages.drive_import(row))

    async def ImportDriveFiles(self, request: pb2.ImportDriveFilesRequest, call: Call) -> pb2.ImportDriveFilesResponse:
        if request.folder_id:
            begun = await self.imports.begin_folder(call.caller, request.folder_id)
            return pb2.ImportDriveFilesResponse(imports=map(messages.drive_import, begun.rows), more=begun.more)
        rows = await self.imports.begin_all(call.caller, request.file_ids)
        return pb2.ImportDriveFilesResponse(imports=map(messages.drive_import, rows))

    async def ListDriveImports(self, request: pb2.ListDriveImportsRequest, call: Call) -> pb2.ListDriveImportsResponse:
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, token = await drive_imports.listed(call.tx, call.caller, page)
        return pb2.ListDriveImportsResponse(imports=map(messages.drive_import, rows), next_page_token=token)

    async def WatchDriveImports(
        self, request: pb2.WatchDriveImportsRequest, call: Call
    ) -> AsyncIterator[pb2.WatchDriveImportsResponse]:
        async for row in watched(call, request.import_ids):
            told = messages.drive_import(row) if row is not None else None
            yield pb2.WatchDriveImportsResponse(drive_import=told)

    async def CancelDriveImport(
        self, request: pb2.CancelDriveImportRequest, call: Call
    ) -> pb2.CancelDriveImportResponse:
        row = await drive_imports.cancel(call.tx, call.caller, request.import_id)
        return pb2.CancelDriveImportResponse(drive_import=messages.drive_import(row))
