"""`cnt-grpc payments …`: what providers know and the books do not; bank details under the newest key."""

from datetime import timedelta

from cnt_grpc import app, payment
from cnt_grpc.kit import clock
from cnt_grpc.settings import Settings


async def replay(settings: Settings, *, days: int, dry: bool) -> None:
    """Print what is booked, or (dry) would be, for each payment of these days that stands otherwise than booked."""
    async with app.opened(settings) as system:
        replaying = payment.Replay(system.db, payment.PaymentJobs(system.stripe, system.paypal).providers)
        async for line in replaying.since(clock.now() - timedelta(days=days), dry=dry):
            print(line)
        print(f"{replaying.looked_at} payments looked at, {replaying.changed} {'to change' if dry else 'changed'}")


async def rotate_bank_keys(settings: Settings) -> None:
    """Seal everybody's bank details with the newest key."""
    vault = payment.BankVault(settings.bank_key_ring())
    async with app.opened(settings) as system:
        done, left = await payment.rotate_bank_keys(system.db, vault)
        print(f"{done} people's bank details are sealed with {vault.newest}")
        if left:
            print(f"{left} people's were altered and do not open: the log says whose")
