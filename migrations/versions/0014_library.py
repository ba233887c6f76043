"""What listeners keep: playlists, favourites and drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _playlists()
    _favorites()
    _drafts()


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{table}_user_id", ondelete="CASCADE")


def _item(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["item_id"], ["content_items.id"], name=f"fk_{table}_item_id", ondelete="CASCADE")


def _playlists() -> None:
    op.create_table(
        "playlists",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column(
            "share_number",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="counts how often sharing ended: links are signatures over it, so that old ones never work again",
        ),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False),
        _owner("playlists"),
        sa.PrimaryKeyConstraint("id", name="pk_playlists"),
        comment="Items of any kind in an order of someone's own",
    )
    op.create_index("ix_playlists_user_id", "playlists", ["user_id", "id"])
    op.create_table(
        "playlist_items",
        sa.Column("playlist_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="rising, with gaps where items are gone"),
        sa.Column("added_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["playlist_id"], ["playlists.id"], name="fk_playlist_items_playlist_id", ondelete="CASCADE"
        ),
        _item("playlist_items"),
        sa.PrimaryKeyConstraint("playlist_id", "item_id", name="pk_playlist_items"),
        comment="What is in playlists; who changes an order holds the playlist's row",
    )
    op.create_index("ix_playlist_items_position", "playlist_items", ["playlist_id", "position", "item_id"])
    op.create_index("ix_playlist_items_item_id", "playlist_items", ["item_id"])


def _favorites() -> None:
    op.create_table(
        "favorites",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("favorited_at", sa.TIMESTAMP(timezone=True), nullable=False),
        _owner("favorites"),
        _item("favorites"),
        sa.PrimaryKeyConstraint("user_id", "item_id", name="pk_favorites"),
        comment="What people like",
    )
    op.create_index("ix_favorites_newest", "favorites", ["user_id", "favorited_at", "item_id"])
    op.create_index("ix_favorites_item_id", "favorites", ["item_id"])


def _drafts() -> None:
    op.create_table(
        "content_drafts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("draft_type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("media_id", sa.BigInteger(), nullable=True),
        sa.Column("thumbnail_id", sa.BigInteger(), nullable=True),
        sa.Column("editing_state", sa.Text(), nullable=True, comment="JSON; none when nothing is kept"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False),
        _owner("content_drafts"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name="fk_content_drafts_category_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media_objects.id"], name="fk_content_drafts_media_id"),
        sa.ForeignKeyConstraint(["thumbnail_id"], ["media_objects.id"], name="fk_content_drafts_thumbnail_id"),
        sa.PrimaryKeyConstraint("id", name="pk_content_drafts"),
        sa.CheckConstraint("draft_type IN ('podcast', 'movie', 'post')", name=op.f("ck_content_drafts_draft_type")),
        sa.CheckConstraint("status IN ('editing', 'ready', 'published')", name=op.f("ck_content_drafts_status")),
        comment="What someone has begun, for nobody's eyes but theirs",
    )
    op.create_index("ix_content_drafts_newest", "content_drafts", ["user_id", "updated_at", "id"])
    op.create_index("ix_content_drafts_of_type", "content_drafts", ["user_id", "draft_type", "updated_at", "id"])
    for column in ("media_id", "thumbnail_id", "category_id"):
        op.create_index(
            f"ix_content_drafts_{column}",
            "content_drafts",
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
