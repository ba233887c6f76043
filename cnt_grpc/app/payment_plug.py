"""The payment room's plug."""

from cnt_grpc import auth, payment
from cnt_grpc.app.plug import Handlers, Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.payment.v1 import payment_service, subscription_service, wallet_service


def _serve(system: System) -> Servicers:
    vault = payment.BankVault(system.settings.bank_key_ring())
    return {
        wallet_service.SERVICE: payment.WalletService(system.stripe, system.paypal, vault),
        payment_service.SERVICE: payment.PaymentService(system.stripe, system.paypal, vault),
        subscription_service.SERVICE: payment.SubscriptionService(system.stripe, system.paypal, vault),
    }


def _hold(system: System) -> auth.Holder:
    return payment.holder(payment.BankVault(system.settings.bank_key_ring()))


def _work(system: System) -> Handlers:
    return payment.PaymentJobs(system.stripe, system.paypal).handlers


PAYMENT = Plug(
    services=(payment_service.SERVICE, wallet_service.SERVICE, subscription_service.SERVICE),
    serve=_serve,
    work=_work,
    periodic=payment.PERIODIC,
    hold=_hold,
    seed=payment.seed,
    figures=payment.FIGURES,
)
