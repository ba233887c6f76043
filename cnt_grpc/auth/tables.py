"""Tables of people: who they are, what they may, where they are signed in, and whom they do not want to meet."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Conflict, NotFound
from cnt_grpc.pb.cnt.auth.v1.reason import Reason


def _person(name: str = "user_id") -> Column[int]:
    """A reference to a person; the row ends with the person."""
    return Column(name, BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False)


users = Table(
    "users",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("username", Text, nullable=False, comment="lower case"),
    Column("username_skeleton", Text, nullable=False, comment="what the username looks like at a glance"),
    Column("name", Text, nullable=False),
    Column("email", Text, comment="in its normal form; none for guests and erased people"),
    Column("email_verified_at", MOMENT),
    Column("avatar_key", Text, comment="of the picture in media storage"),
    Column("password_hash", Text, comment="argon2id, or bcrypt until the next sign-in; none for Google alone"),
    Column("phone", Text),
    Column("date_of_birth", Date),
    Column("bio", Text, nullable=False, server_default=text("''")),
    Column("google_id", Text, comment="Google's subject"),
    Column("auth_provider", Text, nullable=False, server_default=text("'email'")),
    Column("is_guest", Boolean, nullable=False, server_default=text("false")),
    Column("time_zone", Text, nullable=False, server_default=text("'UTC'")),
    Column("language", Text, nullable=False, server_default=text("'en'")),
    Column("banned_at", MOMENT),
    Column("ban_reason", Text),
    Column("delete_after", MOMENT, comment="set while the person may still change their mind"),
    Column("erased_at", MOMENT, comment="nothing here names a person any more"),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_users"),
    UniqueConstraint("username", name="uq_users_username", info=violation(Conflict, Reason.USERNAME_TAKEN)),
    UniqueConstraint(
        "username_skeleton", name="uq_users_username_skeleton", info=violation(Conflict, Reason.USERNAME_TAKEN)
    ),
    UniqueConstraint("google_id", name="uq_users_google_id"),
    CheckConstraint("auth_provider IN ('email', 'google', 'both')", name="auth_provider"),
    CheckConstraint("email IS NOT NULL OR is_guest OR erased_at IS NOT NULL", name="email"),
    Index("ix_users_delete_after", "delete_after", postgresql_where=text("delete_after IS NOT NULL")),
    Index("ix_users_created_at", "created_at", "id"),
    Index("ix_users_banned", "created_at", "id", postgresql_where=text("banned_at IS NOT NULL")),
    # For administrators, who search by what a name begins with.
    Index("ix_users_username_begins", "username", postgresql_ops={"username": "text_pattern_ops"}),
)
Index(
    "uq_users_lower_email",
    func.lower(users.c.email),
    unique=True,
    info=violation(Conflict, Reason.EMAIL_TAKEN),
)

for _column in ("name", "email"):
    _lower = func.lower(users.c[_column]).label("begins")
    Index(f"ix_users_{_column}_begins", _lower, postgresql_ops={"begins": "text_pattern_ops"})

user_roles = Table(
    "user_roles",
    metadata,
    _person(),
    Column("role", Text, nullable=False),
    Column("granted_by", BigInteger, ForeignKey("users.id", ondelete="SET NULL"), comment="none for the command line"),
    Column("granted_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("user_id", "role", name="pk_user_roles"),
    CheckConstraint("role IN ('creator', 'moderator', 'admin')", name="role"),
    Index("ix_user_roles_role", "role", "user_id"),
    Index("ix_user_roles_granted_by", "granted_by", postgresql_where=text("granted_by IS NOT NULL")),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    _person(),
    Column("signed_in_by", Text, nullable=False),
    Column("address", Text, nullable=False, comment="of the last use"),
    Column("user_agent", Text, nullable=False, comment="of the last use"),
    Column("created_at", MOMENT, nullable=False),
    Column("used_at", MOMENT, nullable=False, comment="when its tokens were last renewed"),
    Column("fresh_until", MOMENT, comment="until when the last confirmation of identity counts"),
    Column("expires_at", MOMENT, nullable=False, comment="when its newest refresh token does"),
    Column("ended_at", MOMENT, comment="may lie seconds ahead: its refresh tokens are worth nothing from now on"),
    Column("end_reason", Text),
    PrimaryKeyConstraint("id", name="pk_sessions"),
    CheckConstraint("signed_in_by IN ('password', 'code', 'google', 'guest')", name="signed_in_by"),
    CheckConstraint(
        "end_reason IN ('logout', 'ended', 'token_reused', 'password_changed', 'banned', 'deleted')", name="end_reason"
    ),
    CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
    Index("ix_sessions_user_id", "user_id"),
    Index("ix_sessions_expires_at", "expires_at"),
    comment="One sign-in: the family of all refresh tokens that follow from it",
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", LargeBinary, nullable=False, comment="SHA-256"),
    Column("session_id", BigInteger, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    Column("used_at", MOMENT, comment="when it was exchanged for its successor"),
    PrimaryKeyConstraint("token_hash", name="pk_refresh_tokens"),
    Index("ix_refresh_tokens_session_id", "session_id"),
    Index("ix_refresh_tokens_expires_at", "expires_at"),
)

email_verifications = Table(
    "email_verifications",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("email", Text, nullable=False, comment="in its normal form, in lower case"),
    Column("purpose", Text, nullable=False),
    Column("code_hash", LargeBinary, nullable=False, comment="keyed: six digits alone would be found by trying all"),
    Column("wrong_tries", SmallInteger, nullable=False, server_default=text("0"), comment="a new code inherits them"),
    Column("created_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    Column("verified_at", MOMENT, comment="shown to be known; not yet used"),
    Column("ended_at", MOMENT, comment="used, replaced, or tried too often"),
    PrimaryKeyConstraint("id", name="pk_email_verifications"),
    CheckConstraint("purpose IN ('register', 'login', 'reset', 'verify_email', 'confirm')", name="purpose"),
    Index("uq_email_verifications_live", "email", "purpose", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("ix_email_verifications_email", "email", "created_at"),
    Index("ix_email_verifications_created_at", "created_at"),
    comment="Codes sent by mail; one live code for an address and purpose",
)

wrong_tries = Table(
    "wrong_tries",
    metadata,
    Column("key", LargeBinary, nullable=False, comment="a keyed hash: what was typed may be a password"),
    Column("tries", Integer, nullable=False),
    Column("tried_at", MOMENT, nullable=False),
    Column("retry_at", MOMENT, nullable=False, comment="the next try counts from then on"),
    PrimaryKeyConstraint("key", name="pk_wrong_tries"),
    Index("ix_wrong_tries_tried_at", "tried_at"),
    comment="How often an account or an address was tried in vain, so that all processes slow down together",
)

sign_in_codes = Table(
    "sign_in_codes",
    metadata,
    Column("code_hash", LargeBinary, nullable=False, comment="SHA-256"),
    _person(),
    Column("expires_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("code_hash", name="pk_sign_in_codes"),
    Index("ix_sign_in_codes_user_id", "user_id"),
    Index("ix_sign_in_codes_expires_at", "expires_at"),
    comment="How a redirect from Google ends: a code that a page exchanges for tokens, once",
)

security_events = Table(
    "security_events",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    _person(),
    Column("kind", Text, nullable=False),
    Column("session_id", BigInteger, ForeignKey("sessions.id", ondelete="SET NULL")),
    Column("address", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_security_events"),
    Index("ix_security_events_user_id", "user_id", "id"),
    Index("ix_security_events_session_id", "session_id", postgresql_where=text("session_id IS NOT NULL")),
    comment="What a person should know of: a stolen token, a changed password",
)

blocks = Table(
    "blocks",
    metadata,
    _person("blocker_id"),
    Column(
        "blocked_id",
        BigInteger,
        ForeignKey("users.id", ondelete="CASCADE", info=violation(NotFound, Reason.USER_NOT_FOUND)),
        nullable=False,
    ),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("blocker_id", "blocked_id", name="pk_blocks"),
    CheckConstraint("blocker_id <> blocked_id", name="self"),
    Index("ix_blocks_blocked_id", "blocked_id", "blocker_id"),
    comment="Two people who do not see each other, whoever of them wished so",
)

exports = Table(
    "exports",
    metadata,
    _person(),
    Column("job_id", BigInteger, nullable=False, comment="that makes it"),
    Column("requested_at", MOMENT, nullable=False),
    Column("ready_at", MOMENT),
    Column("file", Text, comment="by which whoever keeps the file knows it"),
    Column("size", BigInteger, comment="bytes"),
    PrimaryKeyConstraint("user_id", name="pk_exports"),
    CheckConstraint("(ready_at IS NULL) = (file IS NULL) AND (file IS NULL) = (size IS NULL)", name="ready"),
    Index("ix_exports_ready_at", "ready_at", postgresql_where=text("ready_at IS NOT NULL")),
    comment="Files with everything that is held about a person; one each, the latest",
)

entitlements = Table(
    "entitlements",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    _person(),
    Column("key", Text, nullable=False, comment="what it opens, such as premium or podcast:12"),
    Column("source", Text, nullable=False, comment="what it follows from, such as subscription:7"),
    Column("granted_at", MOMENT, nullable=False),
    Column("ends_at", MOMENT, comment="none: until it is revoked"),
    PrimaryKeyConstraint("id", name="pk_entitlements"),
    UniqueConstraint("user_id", "key", "source", name="uq_entitlements_user_id_key_source"),
    Index("ix_entitlements_source", "source"),
    comment="What someone may open because they paid or were given it",
)
