"""Films, music, documents and stories of the Bible; plays, positions and ratings."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column(
        "categories",
        "slug",
        existing_type=sa.Text(),
        nullable=True,
        comment="of those that rules refer to; stays when the name changes",
        existing_comment="stays when the name changes: rules refer to it",
    )
    op.create_index("uq_categories_name", "categories", [sa.text("lower(name)")], unique=True)
    _items()
    _details()
    _listeners()


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")


def _items() -> None:
    for column in (
        sa.Column("preview_id", sa.BigInteger(), nullable=True, comment="a short cut of its film, made by us"),
        sa.Column("preview_key", sa.Text(), nullable=True, comment="of preview_id"),
        sa.Column("genre", sa.Text(), nullable=True, comment="of music, as are artist and album; empty for none"),
        sa.Column("artist", sa.Text(), nullable=True),
        sa.Column("album", sa.Text(), nullable=True),
        sa.Column("ratings_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ratings_sum", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="tenths"),
    ):
        op.add_column("content_items", column)
    op.create_foreign_key("fk_content_items_preview_id", "content_items", "media_objects", ["preview_id"], ["id"])
    op.create_index(
        "ix_content_items_preview_id",
        "content_items",
        ["preview_id"],
        postgresql_where=sa.text("preview_id IS NOT NULL"),
    )
    op.create_index(
        "ix_content_items_featured",
        "content_items",
        ["kind", "published_at", "id"],
        postgresql_where=sa.text("status = 'approved' AND featured"),
    )
    for column_name in ("genre", "artist", "album"):
        op.create_index(
            f"ix_content_items_{column_name}",
            "content_items",
            [sa.text(f"lower({column_name})"), "published_at", "id"],
            postgresql_where=sa.text("status = 'approved' AND kind = 'music'"),
        )


def _details() -> None:
    op.create_table(
        "movies",
        _item_id(),
        sa.Column("director", sa.Text(), nullable=False),
        sa.Column("cast", sa.Text(), nullable=False),
        sa.Column("release_date", sa.Text(), nullable=False, comment="YYYY-MM-DD; empty when it is not known"),
        sa.Column("preview_start_time", sa.Integer(), nullable=False, comment="seconds into the film"),
        sa.Column("preview_end_time", sa.Integer(), nullable=False, comment="seconds into the film; 0 for no preview"),
        *_keys("movies"),
        comment="What only films have",
    )
    op.create_table(
        "music_tracks",
        _item_id(),
        sa.Column("lyrics", sa.Text(), nullable=False),
        *_keys("music_tracks"),
        comment="What only music has",
    )
    op.create_table(
        "bible_stories",
        _item_id(),
        sa.Column("scripture_reference", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_keys("bible_stories"),
        comment="What only stories of the Bible have",
    )


def _item_id() -> sa.Column[int]:
    return sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False)


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    item = sa.ForeignKeyConstraint(["item_id"], ["content_items.id"], name=f"fk_{table}_item_id", ondelete="CASCADE")
    return item, sa.PrimaryKeyConstraint("item_id", name=f"pk_{table}")


def _listeners() -> None:
    op.create_table(
        "plays",
        _item_id(),
        sa.Column("half_hour", sa.DateTime(timezone=True), nullable=False, comment="its beginning"),
        sa.Column(
            "listener",
            sa.LargeBinary(),
            nullable=False,
            comment="a keyed hash: equal for equal listeners, and tells no more",
        ),
        sa.Column(
            "counted", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="plays_count holds it"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["content_items.id"], name="fk_plays_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "half_hour", "listener", name="pk_plays"),
        comment="One row for each listener, item and half hour; a job adds them to the counters that people see",
    )
    op.create_index("ix_plays_uncounted", "plays", ["item_id"], postgresql_where=sa.text("NOT counted"))
    op.create_table(
        "positions",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "position",
            sa.BigInteger(),
            nullable=False,
            comment="milliseconds from the beginning; of a document, the page",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["content_items.id"], name="fk_positions_item_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_positions_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "item_id", name="pk_positions"),
        comment="Where people stopped",
    )
    op.create_index("ix_positions_item_id", "positions", ["item_id"])
    op.create_table(
        "movie_ratings",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=False, comment="tenths"),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rating BETWEEN 0 AND 100", name=op.f("ck_movie_ratings_rating")),
        sa.ForeignKeyConstraint(["item_id"], ["content_items.id"], name="fk_movie_ratings_item_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_movie_ratings_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "user_id", name="pk_movie_ratings"),
        comment="What viewers think of films, one row each; count and sum are on the film",
    )
    op.create_index("ix_movie_ratings_user_id", "movie_ratings", ["user_id"])
