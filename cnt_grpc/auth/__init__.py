"""The auth room: accounts, sessions and people, their roles, blocks and entitlements.

Rooms above may call what is exported here, in their own transaction, and nothing else:

    people, not_blocked        to join who someone is, and to leave out whom the caller shall not meet
    visible_person, user_exists
    Role, grant_role, revoke_role, people_with_role
    grant_entitlement, revoke_entitlements, is_entitled, is_entitled_to
    set_avatar                 for the media room, which keeps the pictures (the port Avatars is the way back)
    TELL_SECURITY_EVENT, security_event     the job that the notification room does for this one

app.py builds AuthService, UserService, Tokens, Passwords and Sessions, and calls create_admin and create_demo_people.
"""

from cnt_grpc.auth.avatars import Avatars
from cnt_grpc.auth.jobs import TELL_SECURITY_EVENT
from cnt_grpc.auth.passwords import Passwords
from cnt_grpc.auth.queries.entitlements import is_entitled_to
from cnt_grpc.auth.queries.people import not_blocked, people, user_exists, visible_person
from cnt_grpc.auth.queries.roles import people_with_role
from cnt_grpc.auth.queries.security_events import security_event
from cnt_grpc.auth.rules.entitlements import grant_entitlement, is_entitled, revoke_entitlements
from cnt_grpc.auth.rules.founding import DEMO_PEOPLE, DemoPerson, create_admin, create_demo_people
from cnt_grpc.auth.rules.profiles import set_avatar
from cnt_grpc.auth.rules.roles import Role, grant_role, revoke_role
from cnt_grpc.auth.rules.sessions import SecurityEvent
from cnt_grpc.auth.service import AuthService, UserService
from cnt_grpc.auth.sessions import Sessions
from cnt_grpc.auth.tokens import Tokens

__all__ = [
    "DEMO_PEOPLE",
    "TELL_SECURITY_EVENT",
    "AuthService",
    "Avatars",
    "DemoPerson",
    "Passwords",
    "Role",
    "SecurityEvent",
    "Sessions",
    "Tokens",
    "UserService",
    "create_admin",
    "create_demo_people",
    "grant_entitlement",
    "grant_role",
    "is_entitled",
    "is_entitled_to",
    "not_blocked",
    "people",
    "people_with_role",
    "revoke_entitlements",
    "revoke_role",
    "security_event",
    "set_avatar",
    "user_exists",
    "visible_person",
]
