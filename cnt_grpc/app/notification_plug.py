"""The notification room's plug."""

from cnt_grpc import notification
from cnt_grpc.app.plug import Handlers, Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.notification import jobs
from cnt_grpc.pb.cnt.notification.v1 import device_service, notification_service, unsubscribe_service


def _serve(system: System) -> Servicers:
    return {
        notification_service.SERVICE: notification.NotificationService(system.dispatcher),
        device_service.SERVICE: notification.DeviceService(),
        unsubscribe_service.SERVICE: notification.UnsubscribeService(),
    }


def _work(system: System) -> Handlers:
    letters = notification.Letters(system.settings.public_url, system.settings.frontend_url)
    return {
        **jobs.HANDLERS,
        **notification.DeliveryJobs(system.mailer, system.pusher, letters).handlers,
    }


NOTIFICATION = Plug(
    services=(notification_service.SERVICE, device_service.SERVICE, unsubscribe_service.SERVICE),
    serve=_serve,
    work=_work,
    periodic=jobs.PERIODIC,
    holder=notification.HOLDER,
)
