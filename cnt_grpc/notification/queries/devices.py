"""Devices of people; each statement names whose they are."""

from sqlalchemy import BigInteger, Executable, LargeBinary, Text, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond
from cnt_grpc.notification.tables import device_tokens

_device = device_tokens.c
_ME = bindparam("user_id", type_=BigInteger)
_HASH = bindparam("token_hash", type_=LargeBinary)
_NOW = bindparam("now", type_=MOMENT)
_SHOWN = (_device.id, _device.platform, _device.created_at, _device.registered_at)


@statement
def take_away() -> Executable:
    """Forget the device with this token if it is somebody else's, and with it what they are still owed on it."""
    return delete(device_tokens).where(_device.token_hash == _HASH, _device.user_id != _ME)


@statement
def register() -> Executable:
    """The device with this token, new or known; no row when somebody else took it at the same moment."""
    device = insert(device_tokens).values(
        user_id=_ME,
        token_hash=_HASH,
        token=bindparam("token", type_=LargeBinary),
        platform=bindparam("platform", type_=Text),
        created_at=_NOW,
        registered_at=_NOW,
    )
    return device.on_conflict_do_update(
        constraint="uq_device_tokens_token_hash",
        # The token is the same, and sealed anew: what was sealed with another SECRET_KEY opens no more.
        set_={name: device.excluded[name] for name in ("token", "platform", "registered_at")},
        where=_device.user_id == device.excluded.user_id,
    ).returning(*_SHOWN)


@statement
def keep_newest(number: int) -> Executable:
    """Forget all but the devices of a person that were registered last."""
    newest = select(_device.id).where(_device.user_id == _ME).order_by(_device.registered_at.desc(), _device.id.desc())
    return delete(device_tokens).where(_device.user_id == _ME, _device.id.not_in(newest.limit(number)))


@statement
def devices(limit: int, *, first: bool) -> Executable:
    """A page of a person's devices, the one that was added last first."""
    mine = select(*_SHOWN).where(_device.user_id == _ME)
    if not first:
        mine = mine.where(beyond(_device.id))
    return mine.order_by(_device.id.desc()).limit(limit)


@statement
def forget_by_id() -> Executable:
    """Forget a device of this person; its id comes back if there was one."""
    one = _device.id == bindparam("device_id", type_=BigInteger)
    return delete(device_tokens).where(one, _device.user_id == _ME).returning(_device.id)


@statement
def forget_by_token() -> Executable:
    """Likewise, by its token."""
    return delete(device_tokens).where(_device.token_hash == _HASH, _device.user_id == _ME).returning(_device.id)
