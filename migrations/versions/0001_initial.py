"""The first schema: every room's tables, and PgQueuer's."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _kit()
    _auth()
    _media()
    _notification()
    _moderation()
    _content()
    _pgqueuer()


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")


def _kit() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.Text(), nullable=False, comment="the person's id, or 0 for anonymous callers"),
        sa.Column("method", sa.Text(), nullable=False, comment="such as cnt.payment.v1.WalletService/Give"),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the request"),
        sa.Column(
            "answer",
            sa.LargeBinary(),
            nullable=True,
            comment="reply or refusal, sealed; none while the call still runs",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True, comment="none for money: kept for ever"),
        sa.PrimaryKeyConstraint("caller", "method", "request_id", name="pk_idempotency_keys"),
        comment="Answers of mutations that came with a request id, so that a retry changes nothing",
    )
    op.create_index(
        "ix_idempotency_keys_expires_at",
        "idempotency_keys",
        ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="the party, such as stripe"),
        sa.Column("external_id", sa.Text(), nullable=False, comment="the party's own id of the event"),
        sa.Column("payload", sa.LargeBinary(), nullable=True, comment="the body as it came, sealed; gone once handled"),
        sa.Column("headers", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        comment="Events of outside parties, each once, however often it was sent",
    )
    op.create_index("ix_inbox_handled_at", "inbox", ["handled_at"], postgresql_where=sa.text("handled_at IS NOT NULL"))
    op.create_index("uq_inbox_source_external_id", "inbox", ["source", "external_id"], unique=True)
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "payload",
            sa.LargeBinary(),
            nullable=True,
            comment="protobuf; sealed when the message has sensitive fields; gone once done",
        ),
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="a person, or 0 for the system",
        ),
        sa.Column("dedupe", sa.Text(), nullable=True, comment="of equal keys of a kind only one job waits"),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column(
            "run_id", sa.Uuid(), nullable=True, comment="the run that owns the job now; all others are fenced off"
        ),
        sa.Column(
            "attempts",
            sa.SmallInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="counted when a run starts",
        ),
        sa.Column("progress", sa.SmallInteger(), server_default=sa.text("0"), nullable=False, comment="percent"),
        sa.Column("stage", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "error", sa.Text(), nullable=True, comment="our own words or the name of an exception, never its text"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state")),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_jobs_progress")),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        comment="What is to be done in the background, and how far it is; PgQueuer's own tables only deliver it",
    )
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"], postgresql_where=sa.text("finished_at IS NOT NULL"))
    op.create_index(
        "ix_jobs_open_by_owner", "jobs", ["owner_id"], postgresql_where=sa.text("state IN ('queued', 'running')")
    )
    op.create_index(
        "uq_jobs_waiting", "jobs", ["kind", "dedupe"], unique=True, postgresql_where=sa.text("state = 'queued'")
    )


def _auth() -> None:
    op.create_table(
        "email_verifications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="in its normal form, in lower case"),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column(
            "code_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="keyed: six digits alone would be found by trying all",
        ),
        sa.Column(
            "wrong_tries",
            sa.SmallInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="a new code inherits them",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True, comment="shown to be known; not yet used"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="used, replaced, or tried too often"),
        sa.CheckConstraint(
            "purpose IN ('register', 'login', 'reset', 'verify_email', 'confirm')",
            name=op.f("ck_email_verifications_purpose"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_email_verifications"),
        comment="Codes sent by mail; one live code for an address and purpose",
    )
    op.create_index("ix_email_verifications_created_at", "email_verifications", ["created_at"])
    op.create_index(
        "uq_email_verifications_live",
        "email_verifications",
        ["email", "purpose"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("username", sa.Text(), nullable=False, comment="lower case"),
        sa.Column("username_skeleton", sa.Text(), nullable=False, comment="what the username looks like at a glance"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True, comment="in its normal form; none for guests and erased people"),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("avatar_key", sa.Text(), nullable=True, comment="of the picture in media storage"),
        sa.Column(
            "password_hash",
            sa.Text(),
            nullable=True,
            comment="argon2id, or bcrypt until the next sign-in; none for Google alone",
        ),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("bio", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("google_id", sa.Text(), nullable=True, comment="Google's subject"),
        sa.Column("auth_provider", sa.Text(), server_default=sa.text("'email'"), nullable=False),
        sa.Column("is_guest", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default=sa.text("'UTC'"), nullable=False),
        sa.Column("language", sa.Text(), server_default=sa.text("'en'"), nullable=False),
        sa.Column("banned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ban_reason", sa.Text(), nullable=True),
        sa.Column(
            "delete_after",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="set while the person may still change their mind",
        ),
        sa.Column(
            "erased_at", sa.DateTime(timezone=True), nullable=True, comment="nothing here names a person any more"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("auth_provider IN ('email', 'google', 'both')", name=op.f("ck_users_auth_provider")),
        sa.CheckConstraint("email IS NOT NULL OR is_guest OR erased_at IS NOT NULL", name=op.f("ck_users_email")),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("google_id", name="uq_users_google_id"),
        sa.UniqueConstraint("username", name="uq_users_username"),
        sa.UniqueConstraint("username_skeleton", name="uq_users_username_skeleton"),
    )
    op.create_index("ix_users_created_at", "users", ["created_at", "id"])
    op.create_index(
        "ix_users_delete_after", "users", ["delete_after"], postgresql_where=sa.text("delete_after IS NOT NULL")
    )
    op.create_index("uq_users_lower_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "wrong_tries",
        sa.Column("key", sa.LargeBinary(), nullable=False, comment="a keyed hash: what was typed may be a password"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False, comment="the next try counts from then on"),
        sa.PrimaryKeyConstraint("key", name="pk_wrong_tries"),
        comment="How often an account or an address was tried in vain, so that all processes slow down together",
    )
    op.create_index("ix_wrong_tries_tried_at", "wrong_tries", ["tried_at"])
    op.create_table(
        "blocks",
        sa.Column("blocker_id", sa.BigInteger(), nullable=False),
        sa.Column("blocked_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("blocker_id <> blocked_id", name=op.f("ck_blocks_self")),
        sa.ForeignKeyConstraint(["blocked_id"], ["users.id"], name="fk_blocks_blocked_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["blocker_id"], ["users.id"], name="fk_blocks_blocker_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name="pk_blocks"),
        comment="Two people who do not see each other, whoever of them wished so",
    )
    op.create_index("ix_blocks_blocked_id", "blocks", ["blocked_id", "blocker_id"])
    op.create_table(
        "entitlements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="what it opens, such as premium or podcast:12"),
        sa.Column("source", sa.Text(), nullable=False, comment="what it follows from, such as subscription:7"),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True, comment="none: until it is revoked"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_entitlements_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_entitlements"),
        sa.UniqueConstraint("user_id", "key", "source", name="uq_entitlements_user_id_key_source"),
        comment="What someone may open because they paid or were given it",
    )
    op.create_index("ix_entitlements_source", "entitlements", ["source"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_in_by", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False, comment="of the last use"),
        sa.Column("user_agent", sa.Text(), nullable=False, comment="of the last use"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False, comment="when its tokens were last renewed"),
        sa.Column(
            "fresh_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="until when the last confirmation of identity counts",
        ),
        sa.Column(
            "expires_at", sa.DateTime(timezone=True), nullable=False, comment="when its newest refresh token does"
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "end_reason IN ('logout', 'ended', 'token_reused', 'password_changed', 'banned', 'deleted')",
            name=op.f("ck_sessions_end_reason"),
        ),
        sa.CheckConstraint(
            "signed_in_by IN ('password', 'code', 'google', 'guest')", name=op.f("ck_sessions_signed_in_by")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_sessions_ended")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        comment="One sign-in: the family of all refresh tokens that follow from it",
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.BigInteger(), nullable=True, comment="none for the command line"),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('creator', 'moderator', 'admin')", name=op.f("ck_user_roles_role")),
        sa.ForeignKeyConstraint(["granted_by"], ["users.id"], name="fk_user_roles_granted_by", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_roles_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_user_roles"),
    )
    op.create_index(
        "ix_user_roles_granted_by", "user_roles", ["granted_by"], postgresql_where=sa.text("granted_by IS NOT NULL")
    )
    op.create_index("ix_user_roles_role", "user_roles", ["role", "user_id"])
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256"),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "used_at", sa.DateTime(timezone=True), nullable=True, comment="when it was exchanged for its successor"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_refresh_tokens_session_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_refresh_tokens"),
    )
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"])
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"])
    op.create_table(
        "security_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_security_events_session_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_security_events_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_security_events"),
        comment="What a person should know of: a stolen token, a changed password",
    )
    op.create_index(
        "ix_security_events_session_id",
        "security_events",
        ["session_id"],
        postgresql_where=sa.text("session_id IS NOT NULL"),
    )
    op.create_index("ix_security_events_user_id", "security_events", ["user_id", "id"])


def _media() -> None:
    op.create_table(
        "media_objects",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True, comment="none: the platform's own"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'probing'"), nullable=False),
        sa.Column("visibility", sa.Text(), server_default=sa.text("'private'"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="in the store; made by us"),
        sa.Column(
            "source_key", sa.Text(), nullable=True, comment="what was sent, until the worker has drawn the picture anew"
        ),
        sa.Column("thumbnail_key", sa.Text(), nullable=True, comment="of the variant that lists show"),
        sa.Column(
            "filename",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="where it came from; for display",
        ),
        sa.Column("content_type", sa.Text(), nullable=False, comment="read from the bytes"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes as stored"),
        sa.Column("charged", sa.BigInteger(), nullable=False, comment="bytes that count against the owner's quota"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False, comment="of the bytes as stored"),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("codecs", sa.Text(), server_default=sa.text("''"), nullable=False, comment="such as h264,aac"),
        sa.Column("failure", sa.Text(), server_default=sa.text("''"), nullable=False, comment="in words for the owner"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "unused_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="none while something uses it; a hint for the sweeper, which asks the uses",
        ),
        sa.CheckConstraint("kind IN ('audio', 'video', 'image', 'document')", name=op.f("ck_media_objects_kind")),
        sa.CheckConstraint("state IN ('probing', 'ready', 'failed', 'leaving')", name=op.f("ck_media_objects_state")),
        sa.CheckConstraint("visibility IN ('private', 'public')", name=op.f("ck_media_objects_visibility")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_media_objects_owner_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_media_objects"),
        sa.UniqueConstraint("key", name="uq_media_objects_key"),
        comment="Files in the store, one row each",
    )
    op.create_index("ix_media_objects_owner_id", "media_objects", ["owner_id", "id"])
    op.create_index(
        "ix_media_objects_unfinished", "media_objects", ["created_at"], postgresql_where=sa.text("state <> 'ready'")
    )
    op.create_index(
        "ix_media_objects_unused_since",
        "media_objects",
        ["unused_since"],
        postgresql_where=sa.text("unused_since IS NOT NULL"),
    )
    op.create_table(
        "media_usage",
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("bytes >= 0", name=op.f("ck_media_usage_bytes")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_media_usage_owner_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner_id", name="pk_media_usage"),
        comment="What each person stores, uploads under way included; kept in the transaction that changes it",
    )
    op.create_table(
        "upload_sessions",
        sa.Column("id", sa.Text(), nullable=False, comment="unguessable: who knows it may go on with the upload"),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="where the bytes go"),
        sa.Column(
            "reserved", sa.BigInteger(), nullable=False, comment="bytes counted against the quota before they have come"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_upload_sessions_reserved")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_upload_sessions_owner_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_upload_sessions"),
        sa.UniqueConstraint("key", name="uq_upload_sessions_key"),
        comment="Uploads under way: after a crash they say what to clean up",
    )
    op.create_index("ix_upload_sessions_owner_id", "upload_sessions", ["owner_id"])
    op.create_index("ix_upload_sessions_touched_at", "upload_sessions", ["touched_at"])
    op.create_table(
        "media_uses",
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False, comment="the room that uses it, such as content"),
        sa.Column("ref", sa.Text(), nullable=False, comment="what of that room, such as item:12"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media_objects.id"], name="fk_media_uses_media_id"),
        sa.PrimaryKeyConstraint("media_id", "room", "ref", name="pk_media_uses"),
        comment="Who uses a file; what nobody uses is swept",
    )
    op.create_index("ix_media_uses_room_ref", "media_uses", ["room", "ref"])
    op.create_table(
        "media_variants",
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="thumbnail or medium"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.CheckConstraint("name IN ('thumbnail', 'medium')", name=op.f("ck_media_variants_name")),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media_objects.id"], name="fk_media_variants_media_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("media_id", "name", name="pk_media_variants"),
        sa.UniqueConstraint("key", name="uq_media_variants_key"),
        comment="Pictures that we made of a file: as visible as the file is, and gone when it goes",
    )


def _notification() -> None:
    op.create_table(
        "inbox_heads",
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False, comment="the newest number given"),
        sa.Column(
            "forgotten_seq",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="newest dropped for its age",
        ),
        sa.Column("unread", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("unread >= 0 AND forgotten_seq <= last_seq", name=op.f("ck_inbox_heads_counts")),
        sa.ForeignKeyConstraint(["recipient_id"], ["users.id"], name="fk_inbox_heads_recipient_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("recipient_id", name="pk_inbox_heads"),
        comment="One row an inbox. Its lock orders everything that happens to the inbox; made with the first notification",  # noqa: E501
        postgresql_with={"fillfactor": 70},
    )
    op.create_table(
        "notification_preferences",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("channel IN ('in_app', 'push', 'mail')", name=op.f("ck_notification_preferences_channel")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_notification_preferences_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "type", "channel", name="pk_notification_preferences"),
        comment="Only what differs from nobody's choice: the defaults of a type stand in notices.py",
    )
    op.create_table(
        "notifications",
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="given under the head's lock: commit order is sequence order",
        ),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "data",
            postgresql.JSONB(),
            nullable=False,
            comment="what an app needs to open the right page; all values are strings",
        ),
        sa.Column("read", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["inbox_heads.recipient_id"], name="fk_notifications_recipient_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recipient_id", "seq", name="pk_notifications"),
        comment="What people are told; kept for 90 days",
    )
    op.create_index("ix_notifications_created_at", "notifications", ["created_at"], postgresql_using="brin")
    op.create_index(
        "ix_notifications_unread", "notifications", ["recipient_id", "seq"], postgresql_where=sa.text("NOT read")
    )


def _moderation() -> None:
    op.create_table(
        "audit_head",
        sa.Column("one", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False, comment="the id of the last row of audit_log"),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="the hash of that row"),
        sa.CheckConstraint("one = 1", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("one", name="pk_audit_head"),
        comment="The end of the audit's chain: its lock, and what shows that no row is missing at the end",
    )
    op.create_table(
        "audit_log",
        sa.Column(
            "id",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="1, 2, 3 … without gaps, in the order of the commits",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor_id", sa.BigInteger(), nullable=False, comment="a person, or 0 for the system; outlives the account"
        ),
        sa.Column("action", sa.Text(), nullable=False, comment="such as approve"),
        sa.Column("target_kind", sa.Text(), nullable=False, comment="such as podcast"),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False, comment="JSON, byte for byte as it was hashed; so is after"),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the hash of the row before and of this row"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
        comment="Every act of power over others; rows are only ever added",
    )
    op.create_index("ix_audit_log_action", "audit_log", ["action", "id"])
    op.create_index("ix_audit_log_actor", "audit_log", ["actor_id", "id"])
    op.create_index("ix_audit_log_target", "audit_log", ["target_kind", "target_id", "id"])
    op.create_table(
        "moderation_cases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="as it stands in paths, such as podcast"),
        sa.Column("subject_id", sa.BigInteger(), nullable=False, comment="an id of the kind's own table"),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "closed_at", sa.DateTime(timezone=True), nullable=True, comment="none while it waits for a moderator"
        ),
        sa.Column(
            "outcome",
            sa.Text(),
            nullable=True,
            comment="where the subject came to stand, or withdrawn when it was deleted",
        ),
        sa.CheckConstraint(
            "outcome IN ('approved', 'rejected', 'archived', 'withdrawn')", name=op.f("ck_moderation_cases_outcome")
        ),
        sa.CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_moderation_cases_closed")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_moderation_cases_author_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_moderation_cases"),
        comment="Each time that something waited for a moderator; who decided and why stands in audit_log",
    )
    op.create_index("ix_moderation_cases_author_id", "moderation_cases", ["author_id", "opened_at", "id"])
    op.create_index(
        "ix_moderation_cases_open",
        "moderation_cases",
        ["opened_at", "id"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_moderation_cases_open",
        "moderation_cases",
        ["kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.execute("""
        CREATE FUNCTION refuse_to_change_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'audit_log is append-only';
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit_log()
    """)


def _content() -> None:
    op.create_table(
        "categories",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False, comment="stays when the name changes: rules refer to it"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=True, comment="the kind of item that it is meant for; none suits every kind"
        ),
        sa.Column("position", sa.Integer(), nullable=False, comment="where menus show it"),
        sa.PrimaryKeyConstraint("id", name="pk_categories"),
        sa.UniqueConstraint("slug", name="uq_categories_slug"),
    )
    op.create_index("ix_categories_position", "categories", ["position", "id"])
    op.create_table(
        "content_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="the word in paths, such as podcast; says which detail table"
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("media_id", sa.BigInteger(), nullable=True),
        sa.Column("media_kind", sa.Text(), nullable=True, comment="of media_id: audio, video or document"),
        sa.Column("cover_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "cover_key",
            sa.Text(),
            nullable=True,
            comment="of cover_id or of a shipped picture; here to spare each list a join",
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "rejection_reason", sa.Text(), server_default=sa.text("''"), nullable=False, comment="why it is held"
        ),
        sa.Column(
            "held",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="a moderator took it out, so that only a moderator brings it back",
        ),
        sa.Column("plays_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "popularity",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="plays of the last count, hourly",
        ),
        sa.Column("featured", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="approved_at, or created_at: so lists have one order",
        ),
        sa.Column(
            "approved_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the first approval; none while there was none",
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'approved', 'rejected', 'archived')", name=op.f("ck_content_items_status")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name="fk_content_items_category_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["cover_id"], ["media_objects.id"], name="fk_content_items_cover_id"),
        sa.ForeignKeyConstraint(["creator_id"], ["users.id"], name="fk_content_items_creator_id"),
        sa.ForeignKeyConstraint(["media_id"], ["media_objects.id"], name="fk_content_items_media_id"),
        sa.PrimaryKeyConstraint("id", name="pk_content_items"),
        comment="Whatever people publish to be heard, watched or read: one space of ids for all kinds",
    )
    op.create_index("ix_content_items_all", "content_items", ["kind", "published_at", "id"])
    op.create_index(
        "ix_content_items_category",
        "content_items",
        ["kind", "category_id", "published_at", "id"],
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index(
        "ix_content_items_category_popular",
        "content_items",
        ["kind", "category_id", "popularity", "id"],
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index(
        "ix_content_items_cover_id", "content_items", ["cover_id"], postgresql_where=sa.text("cover_id IS NOT NULL")
    )
    op.create_index("ix_content_items_creator", "content_items", ["creator_id", "kind", "published_at", "id"])
    op.create_index("ix_content_items_media_id", "content_items", ["media_id"])
    op.create_index(
        "ix_content_items_media_kind",
        "content_items",
        ["kind", "media_kind", "published_at", "id"],
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index("ix_content_items_newest", "content_items", ["kind", "status", "published_at", "id"])
    op.create_index(
        "ix_content_items_popular",
        "content_items",
        ["kind", "popularity", "id"],
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_table(
        "podcasts",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["content_items.id"], name="fk_podcasts_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", name="pk_podcasts"),
        comment="What only podcasts have; 0 is none",
    )


def _pgqueuer() -> None:
    script = (Path(__file__).parents[1] / "sql" / "pgqueuer_1_6.sql").read_text()
    for statement in script.split("-- next\n"):
        op.execute(statement)
