"""How Alembic meets the database: on the connection that cnt_grpc.migrate hands over, or on DATABASE_URL."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from cnt_grpc import migrate
from cnt_grpc.kit.db.tables import metadata


def run(connection: Connection) -> None:
    """Run what the command asks for."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        # A later migration that fails leaves the earlier ones done.
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    # For autogenerate and check, which compare with the code; upgrades need not wait for all rooms to be imported.
    migrate.load_tables()
    asyncio.run(migrate.on_connection(os.environ["DATABASE_URL"], run))
