"""The servicer of EditingService."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from cnt_grpc import media
from cnt_grpc.editing import jobs
from cnt_grpc.editing.messages import edits as messages
from cnt_grpc.editing.messages import plans
from cnt_grpc.editing.rules import edits, versions, waveforms
from cnt_grpc.editing.rules.edits import Asked
from cnt_grpc.editing.watching import watched
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2, editing_service
from cnt_grpc.pb.cnt.editing.v1 import editing_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class EditingService(editing_service.Servicer):
    """Edits, how far they are, and the histories that they make."""

    urls: media.Urls
    slots: int
    """Edits that run at once."""

    async def CreateEdit(self, request: pb2.CreateEditRequest, call: Call) -> pb2.CreateEditResponse:
        asked = Asked(
            media_id=request.media_id,
            operations=[plans.step(each) for each in request.operations],
            output=plans.output(request.output),
            plan=plans.packed(request),
        )
        await edits.judge(call.db, call.caller, asked)

        async def create(tx: Tx) -> pb2.CreateEditResponse:
            edit_id = await edits.create(tx, call.caller, asked, jobs.enqueue)
            row = await edits.shown(tx, call.caller, edit_id)
            return await call.answered(tx, pb2.CreateEditResponse(edit=messages.edit(row, self.urls, self.slots)))

        return await call.db.transact(create)

    async def GetEdit(self, request: pb2.GetEditRequest, call: Call) -> pb2.GetEditResponse:
        return pb2.GetEditResponse(edit=await self._shown(call, request.edit_id))

    async def ListEdits(self, request: pb2.ListEditsRequest, call: Call) -> pb2.ListEditsResponse:
        method = f"{editing_service.SERVICE}/ListEdits"
        page = Page.of(request, method=method, filters=(call.caller.user_id,))
        rows, token = await edits.listed(call.tx, call.caller, page)
        return pb2.ListEditsResponse(
            edits=[messages.edit(row, self.urls, self.slots) for row in rows], next_page_token=token
        )

    async def CancelEdit(self, request: pb2.CancelEditRequest, call: Call) -> pb2.CancelEditResponse:
        await edits.cancel(call.tx, call.caller, request.edit_id)
        return pb2.CancelEditResponse(edit=await self._shown(call, request.edit_id))

    async def RetryEdit(self, request: pb2.RetryEditRequest, call: Call) -> pb2.RetryEditResponse:
        await edits.retry(call.tx, call.caller, request.edit_id, jobs.enqueue)
        return pb2.RetryEditResponse(edit=await self._shown(call, request.edit_id))

    async def DeleteEdit(self, request: pb2.DeleteEditRequest, call: Call) -> pb2.DeleteEditResponse:
        await versions.delete(call.tx, call.caller, request.edit_id)
        return pb2.DeleteEditResponse()

    async def WatchEdit(self, request: pb2.WatchEditRequest, call: Call) -> AsyncIterator[pb2.WatchEditResponse]:
        async for row in watched(call, request.edit_id):
            yield pb2.WatchEditResponse(progress=messages.progress(row, self.urls, self.slots))

    async def ListEditVersions(self, request: pb2.ListEditVersionsRequest, call: Call) -> pb2.ListEditVersionsResponse:
        method = f"{editing_service.SERVICE}/ListEditVersions"
        page = Page.of(request, method=method, filters=(call.caller.user_id, request.edit_id))
        rows, token = await versions.listed(call.tx, call.caller, request.edit_id, page)
        return pb2.ListEditVersionsResponse(
            versions=[messages.version(row, self.urls) for row in rows], next_page_token=token
        )

    async def UseEditVersion(self, request: pb2.UseEditVersionRequest, call: Call) -> pb2.UseEditVersionResponse:
        row = await versions.use(call.tx, call.caller, request.edit_id, request.version)
        return pb2.UseEditVersionResponse(version=messages.version(row, self.urls))

    async def GetWaveform(self, request: pb2.GetWaveformRequest, call: Call) -> pb2.GetWaveformResponse:
        found = await waveforms.shown(call.db, call.caller, request.media_id, jobs.enqueue_drawing)
        peaks = waveforms.thinned(found.peaks, request.points or waveforms.POINTS)
        return pb2.GetWaveformResponse(state=messages.state(found.state), peaks=peaks, duration_ms=found.duration_ms)

    async def _shown(self, call: Call, edit_id: int) -> edit_pb2.Edit:
        row = await edits.shown(call.tx, call.caller, edit_id)
        return messages.edit(row, self.urls, self.slots)
