"""Statements on applications of those who want to be creators."""

from sqlalchemy import Executable, Text, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from cnt_grpc import auth, media
from cnt_grpc.admin.tables import creator_applications, identity_papers
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.figures import Figure
from cnt_grpc.kit.paging import beyond

_application = creator_applications.c
_SHOWN = select(creator_applications, auth.people.c.name.label("user_name"), auth.people.c.username).join_from(
    creator_applications, auth.people, auth.people.c.id == _application.user_id
)


@statement
def add() -> Executable:
    """A new application; refused while one of theirs waits."""
    given = ("user_id", "stage_name", "about")
    return (
        insert(creator_applications)
        .values(
            {name: bindparam(name) for name in given}
            | {"links": bindparam("links", type_=ARRAY(Text)), "created_at": bindparam("now", type_=MOMENT)}
        )
        .returning(_application.id)
    )


@statement
def add_paper() -> Executable:
    """A paper of an application."""
    return insert(identity_papers).values(application_id=bindparam("application_id"), media_id=bindparam("media_id"))


@statement
def remove_papers() -> Executable:
    """Forget the papers of an application."""
    return delete(identity_papers).where(identity_papers.c.application_id == bindparam("application_id"))


@statement
def newest_of() -> Executable:
    """The access door: the caller's own, the newest."""
    return _SHOWN.where(_application.user_id == bindparam("user_id")).order_by(_application.id.desc()).limit(1)


@statement
def application() -> Executable:
    """One of them, whoever's: for administrators."""
    return _SHOWN.where(_application.id == bindparam("application_id"))


@statement
def locked_application() -> Executable:
    """The same, held until the transaction ends, so that of two decisions one sees the other."""
    return select(creator_applications).where(_application.id == bindparam("application_id")).with_for_update()


@statement
def applications(limit: int, *, status: bool, after: bool) -> Executable:
    """Everyone's, the newest first: for administrators. Parameter, where `status`: status."""
    found = _SHOWN
    if status:
        found = found.where(_application.status == bindparam("status"))
    if after:
        found = found.where(beyond(_application.created_at, _application.id))
    return found.order_by(_application.created_at.desc(), _application.id.desc()).limit(limit)


@statement
def papers() -> Executable:
    """The papers of these applications. Parameter: ids."""
    file = media.objects.c
    return (
        select(identity_papers.c.application_id, file.id, file.key, file.content_type)
        .join_from(identity_papers, media.objects, file.id == identity_papers.c.media_id)
        .where(among(identity_papers.c.application_id, "ids"))
        .order_by(file.id)
    )


@statement
def decide() -> Executable:
    """Where it stands from now on."""
    return (
        update(creator_applications)
        .where(_application.id == bindparam("application_id"), _application.status == "pending")
        .values(status=bindparam("status"), reason=bindparam("reason"), decided_at=bindparam("now", type_=MOMENT))
    )


@statement
def of_person() -> Executable:
    """All of one person: for their export, and to be dropped."""
    return select(creator_applications).where(_application.user_id == bindparam("user_id"))


@statement
def drop() -> Executable:
    """Drop all of one person."""
    return delete(creator_applications).where(_application.user_id == bindparam("user_id"))


@statement
def _open() -> Executable:
    return select(func.count()).select_from(creator_applications).where(_application.status == "pending")


FIGURES = (Figure("open_applications", _open, exact=True),)
"""How many wait: exactly, from an index that holds nothing else."""
