"""Artists: people as makers of content, and who follows them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _artists()
    _of_artists()
    op.create_index(
        "ix_content_items_of_artist",
        "content_items",
        ["creator_id", "published_at", "id"],
        postgresql_where=sa.text("status = 'approved'"),
    )
    # Who published something is an artist already.
    op.execute("""
        INSERT INTO artists (user_id, listed, items_count, plays_count, created_at, updated_at)
        SELECT creator_id, true, count(*) FILTER (WHERE status = 'approved'),
            coalesce(sum(plays_count) FILTER (WHERE status = 'approved'), 0), min(created_at), min(created_at)
        FROM content_items GROUP BY creator_id ORDER BY min(created_at)
    """)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")


def _artists() -> None:
    op.create_table(
        "artists",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "name", sa.Text(), server_default=sa.text("''"), nullable=False, comment="empty for the person's own"
        ),
        sa.Column("bio", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "social_links",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
            comment="place: address",
        ),
        sa.Column("cover_id", sa.BigInteger(), nullable=True),
        sa.Column("cover_key", sa.Text(), nullable=True, comment="of cover_id"),
        sa.Column(
            "listed",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the person filled the profile or published; others are followed, or had a look",
        ),
        sa.Column(
            "followers_count",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="rows of artist_followers",
        ),
        sa.Column(
            "items_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="approved items"
        ),
        sa.Column(
            "plays_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="of approved items"
        ),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cover_id"], ["media_objects.id"], name="fk_artists_cover_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_artists_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_artists"),
        sa.UniqueConstraint("user_id", name="uq_artists_user_id"),
        comment="People as makers of content: one row each, made when it is first needed",
    )
    op.create_index("ix_artists_listed", "artists", ["id"], postgresql_where=sa.text("listed"))
    op.create_index("ix_artists_cover_id", "artists", ["cover_id"], postgresql_where=sa.text("cover_id IS NOT NULL"))


def _of_artists() -> None:
    op.create_table(
        "artist_categories",
        sa.Column("artist_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artist_id"], ["artists.id"], name="fk_artist_categories_artist_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name="fk_artist_categories_category_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("artist_id", "category_id", name="pk_artist_categories"),
        comment="In which categories artists work",
    )
    op.create_index("ix_artist_categories_category_id", "artist_categories", ["category_id", "artist_id"])
    op.create_table(
        "artist_followers",
        sa.Column("artist_id", sa.BigInteger(), nullable=False),
        sa.Column("follower_id", sa.BigInteger(), nullable=False),
        sa.Column("followed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["artist_id"], ["artists.id"], name="fk_artist_followers_artist_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["users.id"], name="fk_artist_followers_follower_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("artist_id", "follower_id", name="pk_artist_followers"),
        comment="Who follows whom",
    )
    op.create_index("ix_artist_followers_newest", "artist_followers", ["artist_id", "followed_at", "follower_id"])
    op.create_index("ix_artist_followers_follower_id", "artist_followers", ["follower_id", "followed_at", "artist_id"])
