"""Statements on the files that edits start from."""

from sqlalchemy import Executable, select

from cnt_grpc import media
from cnt_grpc.kit.db import among, statement


@statement
def sources() -> Executable:
    """Files by their ids, for the worker, which asks for nobody; only those that are ready. Parameter: media."""
    return select(media.objects).where(among(media.objects.c.id, "media"), media.objects.c.state == "ready")
