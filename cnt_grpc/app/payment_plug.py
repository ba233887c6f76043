"""The payment room's plug."""

from cnt_grpc import payment
from cnt_grpc.app.plug import Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.payment.v1 import payment_service, wallet_service


def _serve(_: System) -> Servicers:
    return {
        wallet_service.SERVICE: payment.WalletService(),
        payment_service.SERVICE: payment.PaymentService(),
    }


PAYMENT = Plug(
    services=(payment_service.SERVICE, wallet_service.SERVICE),
    serve=_serve,
    holder=payment.HOLDER,
    seed=payment.seed,
)
