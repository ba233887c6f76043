# Generated from cnt/notification/v1/device_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.notification.v1.DeviceService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.notification.v1 import device_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.notification.v1.DeviceService"


class Servicer(Protocol):
    """Keeps the push tokens of a person's devices. Every method speaks of the caller's own devices."""

    __slots__ = ()

    @abstractmethod
    async def RegisterDevice(self, request: pb2.RegisterDeviceRequest, call: Call) -> pb2.RegisterDeviceResponse:
        """Has push messages for the caller sent to a device. A device is known by its push token: one that is registered already
        stays, and one that was somebody else's is now the caller's alone. Of a person's devices the 20 registered last are
        kept.
        Anyone signed in with a real account. No reason of its own.
        """
        ...

    @abstractmethod
    async def ListDevices(self, request: pb2.ListDevicesRequest, call: Call) -> pb2.ListDevicesResponse:
        """The caller's devices, the one that was added last first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID for a token that did not come from this list.
        """
        ...

    @abstractmethod
    async def DeleteDevice(self, request: pb2.DeleteDeviceRequest, call: Call) -> pb2.DeleteDeviceResponse:
        """Sends nothing more to one of the caller's devices.
        Its owner. DEVICE_NOT_FOUND when the caller has no such device.
        """
        ...

    @abstractmethod
    async def UnregisterDevice(self, request: pb2.UnregisterDeviceRequest, call: Call) -> pb2.UnregisterDeviceResponse:
        """Sends nothing more to the device with this push token: what an app does before it signs out.
        Its owner. DEVICE_NOT_FOUND when no device of the caller has this token.
        """
        ...
