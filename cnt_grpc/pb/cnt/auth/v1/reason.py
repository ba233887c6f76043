# Generated from cnt/auth/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.auth.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call to the auth room failed, as it stands in google.rpc.ErrorInfo.reason without the prefix REASON_."""

    # Another account has this email address. ALREADY_EXISTS.
    EMAIL_TAKEN = "EMAIL_TAKEN"
    # Another account has this username, or one that looks like it. ALREADY_EXISTS.
    USERNAME_TAKEN = "USERNAME_TAKEN"
    # No account has this name and this password; which of the two is wrong is not told. UNAUTHENTICATED.
    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    # Too many wrong tries for this account or from this address; RetryInfo says when to come back. RESOURCE_EXHAUSTED.
    SIGN_IN_SLOWED_DOWN = "SIGN_IN_SLOWED_DOWN"
    # The account is banned. PERMISSION_DENIED.
    ACCOUNT_BANNED = "ACCOUNT_BANNED"
    # The refresh token is unknown, expired or used, or its session has ended. UNAUTHENTICATED.
    REFRESH_TOKEN_INVALID = "REFRESH_TOKEN_INVALID"
    # No such person, or none that the caller may know of. NOT_FOUND.
    USER_NOT_FOUND = "USER_NOT_FOUND"
    # The only administrator cannot be demoted, banned or deleted. FAILED_PRECONDITION.
    LAST_ADMIN = "LAST_ADMIN"
    # The code is wrong, expired, used or was tried too often, or none was sent; which of these is not told.
    # UNAUTHENTICATED.
    CODE_WRONG = "CODE_WRONG"
    # Too many codes were asked for, or too many wrong ones tried, for this address or from this network; RetryInfo says
    # when to come back. RESOURCE_EXHAUSTED.
    CODES_SLOWED_DOWN = "CODES_SLOWED_DOWN"
    # The server has no Google client: GOOGLE_CLIENT_ID is not set. FAILED_PRECONDITION.
    GOOGLE_NOT_CONFIGURED = "GOOGLE_NOT_CONFIGURED"
    # The Google token is altered, expired, not made for us, or not of the expected person. UNAUTHENTICATED.
    GOOGLE_TOKEN_INVALID = "GOOGLE_TOKEN_INVALID"
    # The one-time code of the redirect flow is unknown, used or older than a minute. UNAUTHENTICATED.
    SIGN_IN_CODE_INVALID = "SIGN_IN_CODE_INVALID"
    # The caller has no such session that is live. NOT_FOUND.
    SESSION_NOT_FOUND = "SESSION_NOT_FOUND"
    # The caller never asked for an export, or it was removed after its time. NOT_FOUND.
    EXPORT_NOT_FOUND = "EXPORT_NOT_FOUND"
