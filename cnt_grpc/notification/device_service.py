"""What DeviceService answers."""

from dataclasses import dataclass

from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.notification import devices, messages
from cnt_grpc.pb.cnt.notification.v1 import device_service
from cnt_grpc.pb.cnt.notification.v1 import device_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class DeviceService(device_service.Servicer):
    """The caller's devices."""

    async def RegisterDevice(self, request: pb2.RegisterDeviceRequest, call: Call) -> pb2.RegisterDeviceResponse:
        platform = messages.PLATFORMS[request.platform]
        row = await devices.register(call.tx, call.caller, request.token, platform)
        return pb2.RegisterDeviceResponse(device=messages.device(row))

    async def ListDevices(self, request: pb2.ListDevicesRequest, call: Call) -> pb2.ListDevicesResponse:
        page = Page.of(request, method=f"{device_service.SERVICE}/ListDevices", filters=(call.caller.user_id,))
        rows, next_page_token = await devices.page_of(call.tx, call.caller, page)
        return pb2.ListDevicesResponse(devices=map(messages.device, rows), next_page_token=next_page_token)

    async def DeleteDevice(self, request: pb2.DeleteDeviceRequest, call: Call) -> pb2.DeleteDeviceResponse:
        await devices.forget(call.tx, call.caller, request.device_id)
        return pb2.DeleteDeviceResponse()

    async def UnregisterDevice(self, request: pb2.UnregisterDeviceRequest, call: Call) -> pb2.UnregisterDeviceResponse:
        await devices.forget_token(call.tx, call.caller, request.token)
        return pb2.UnregisterDeviceResponse()
