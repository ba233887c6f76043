"""The auth room: accounts, sessions and people, their roles, blocks and entitlements.

Rooms above may call what is exported here, in their own transaction, and nothing else:

    people, not_blocked        to join who someone is, and to leave out whom the caller shall not meet
    blocks_of                  the same where no statement is made for one caller: streams
    public_people, has_role    likewise when whoever is banned or leaves shall not be seen; who may do more
    shows_role                 the same to be shown, and not to choose by
    contacts                   to join how someone is reached
    visible_person, user_exists
    caller_of                  who somebody is where another door than a session has let them in
    Role, grant_role, revoke_role, people_with_role
    ban, unban, remove         for whoever may decide that
    standings                  to join what only administrators may see of an account
    grant_entitlement, revoke_entitlements, is_entitled, is_entitled_to, entitlements_of
    set_avatar                 for the media room, which keeps the pictures (the port Avatars is the way back)
    TELL_SECURITY_EVENT, security_event, SEND_CODE     the jobs that the notification room does for this one
    INDEX_PERSON, findable_person, findable_people     likewise the search room's, and what it looks at
    NOBODY                     the name of whoever is gone
    Holder, Record             what each room's privacy.py is made of: its part of an export and of an erasure

The plug board builds the services and AuthJobs, Tokens, Passwords, Sessions and GoogleApi, fills the ports Avatars
and Vault, and calls create_admin and create_demo_people.
"""

from cnt_grpc.auth.avatars import Avatars
from cnt_grpc.auth.background import PERIODIC, AuthJobs
from cnt_grpc.auth.codes import CodePurpose
from cnt_grpc.auth.google import Addresses, Google, GoogleApi
from cnt_grpc.auth.jobs import INDEX_PERSON, SEND_CODE, TELL_SECURITY_EVENT
from cnt_grpc.auth.passwords import Passwords
from cnt_grpc.auth.personal_data import Holder, Record
from cnt_grpc.auth.privacy import HOLDER
from cnt_grpc.auth.queries.blocks import blocks_of
from cnt_grpc.auth.queries.callers import caller_of
from cnt_grpc.auth.queries.contacts import contacts
from cnt_grpc.auth.queries.entitlements import is_entitled_to
from cnt_grpc.auth.queries.figures import FIGURES
from cnt_grpc.auth.queries.people import (
    findable_people,
    findable_person,
    has_role,
    not_blocked,
    people,
    public_people,
    shows_role,
    user_exists,
    visible_person,
)
from cnt_grpc.auth.queries.privacy import NOBODY
from cnt_grpc.auth.queries.roles import people_with_role
from cnt_grpc.auth.queries.security_events import security_event
from cnt_grpc.auth.queries.standings import standings
from cnt_grpc.auth.redirect import Departure, GoogleRedirect
from cnt_grpc.auth.rules.bans import ban, unban
from cnt_grpc.auth.rules.entitlements import entitlements_of, grant_entitlement, is_entitled, revoke_entitlements
from cnt_grpc.auth.rules.founding import DEMO_PEOPLE, DemoPerson, create_admin, create_demo_people
from cnt_grpc.auth.rules.profiles import set_avatar
from cnt_grpc.auth.rules.removal import remove
from cnt_grpc.auth.rules.roles import Role, grant_role, revoke_role
from cnt_grpc.auth.rules.sessions import Device, SecurityEvent
from cnt_grpc.auth.service import AuthService
from cnt_grpc.auth.sessions import Sessions
from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.auth.user_service import UserService
from cnt_grpc.auth.vault import Vault

__all__ = [
    "DEMO_PEOPLE",
    "FIGURES",
    "HOLDER",
    "INDEX_PERSON",
    "NOBODY",
    "PERIODIC",
    "SEND_CODE",
    "TELL_SECURITY_EVENT",
    "Addresses",
    "AuthJobs",
    "AuthService",
    "Avatars",
    "CodePurpose",
    "DemoPerson",
    "Departure",
    "Device",
    "Google",
    "GoogleApi",
    "GoogleRedirect",
    "Holder",
    "Passwords",
    "Record",
    "Role",
    "SecurityEvent",
    "Sessions",
    "Tokens",
    "UserService",
    "Vault",
    "ban",
    "blocks_of",
    "caller_of",
    "contacts",
    "create_admin",
    "create_demo_people",
    "entitlements_of",
    "findable_people",
    "findable_person",
    "grant_entitlement",
    "grant_role",
    "has_role",
    "is_entitled",
    "is_entitled_to",
    "not_blocked",
    "people",
    "people_with_role",
    "public_people",
    "remove",
    "revoke_entitlements",
    "revoke_role",
    "security_event",
    "set_avatar",
    "shows_role",
    "standings",
    "unban",
    "user_exists",
    "visible_person",
]
