"""Statements about the workers that voice agents come from."""

from sqlalchemy import BigInteger, Executable, bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc import auth
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.live.tables import voice_agents

_worker = voice_agents.c
_SINCE = bindparam("since", type_=MOMENT)


@statement
def is_any_there() -> Executable:
    """Whether a worker was seen since then. Parameter: since."""
    return select(exists().where(_worker.seen_at >= _SINCE))


@statement
def seen() -> Executable:
    """Note that a worker is registered. Parameters: worker_id, now."""
    new = insert(voice_agents).values(worker_id=bindparam("worker_id"), seen_at=bindparam("now", type_=MOMENT))
    return new.on_conflict_do_update(index_elements=[_worker.worker_id], set_={"seen_at": new.excluded.seen_at})


@statement
def gone() -> Executable:
    """Forget a worker. Parameter: worker_id."""
    return delete(voice_agents).where(_worker.worker_id == bindparam("worker_id"))


@statement
def forget_old() -> Executable:
    """Forget workers that were not seen since then. Parameter: since."""
    return delete(voice_agents).where(_worker.seen_at < _SINCE)


@statement
def name_of() -> Executable:
    """What a person is called. Parameter: user_id."""
    return select(auth.people.c.name).where(auth.people.c.id == bindparam("user_id", type_=BigInteger))


@statement
def still_there() -> Executable:
    """Which of these people may use the platform. Parameter: user_ids."""
    return select(auth.public_people.c.id).where(among(auth.public_people.c.id, "user_ids"))
