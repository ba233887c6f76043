"""The check that entries sum to zero looks at its row's own currency: half the work at every gift's commit."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Called for each row, so that every currency of a cause is looked at by its own rows.
    op.execute(
        """
        CREATE OR REPLACE FUNCTION ledger_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT sum(amount) FROM ledger_entries WHERE cause = NEW.cause AND currency = NEW.currency) <> 0 THEN
                RAISE EXCEPTION 'the entries of % do not sum to zero', NEW.cause;
            END IF;
            RETURN NULL;
        END $$
        """
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
