"""The servicers of the auth room: what each RPC asks of the rules, and nothing else."""

from dataclasses import dataclass

from cnt_grpc.auth import messages
from cnt_grpc.auth.avatars import Avatars
from cnt_grpc.auth.passwords import Passwords
from cnt_grpc.auth.queries import accounts as account_queries
from cnt_grpc.auth.queries import people
from cnt_grpc.auth.rules import accounts, profiles, sessions
from cnt_grpc.auth.rules.sessions import Device
from cnt_grpc.auth.rules.sign_in import sign_in
from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.kit.call import Call
from cnt_grpc.pb.cnt.auth.v1 import auth_service, auth_service_pb2, user_service, user_service_pb2

_LONGEST_USER_AGENT = 200


@dataclass(frozen=True, slots=True)
class AuthService(auth_service.Servicer):
    """Accounts and sessions."""

    tokens: Tokens
    passwords: Passwords

    async def Register(
        self, request: auth_service_pb2.RegisterRequest, call: Call
    ) -> auth_service_pb2.RegisterResponse:
        account = await accounts.new_account(
            self.passwords.hash,
            email=request.email,
            password=request.password,
            name=request.name,
            phone=request.phone,
            date_of_birth=request.date_of_birth,
            bio=request.bio,
        )
        signed_in = await accounts.register(call.tx, self.tokens, call.caller, account, _device(call))
        return messages.session_reply(auth_service_pb2.RegisterResponse, signed_in, self.tokens)

    async def Login(self, request: auth_service_pb2.LoginRequest, call: Call) -> auth_service_pb2.LoginResponse:
        signed_in = await sign_in(
            call.db,
            self.tokens,
            self.passwords,
            typed=request.username_or_email,
            password=request.password,
            device=_device(call),
        )
        return messages.session_reply(auth_service_pb2.LoginResponse, signed_in, self.tokens)

    async def RefreshToken(
        self, request: auth_service_pb2.RefreshTokenRequest, call: Call
    ) -> auth_service_pb2.RefreshTokenResponse:
        signed_in = await sessions.refresh(call.tx, self.tokens, request.refresh_token, _device(call))
        return messages.session_reply(auth_service_pb2.RefreshTokenResponse, signed_in, self.tokens)

    async def Logout(self, request: auth_service_pb2.LogoutRequest, call: Call) -> auth_service_pb2.LogoutResponse:
        await sessions.log_out(call.tx, request.refresh_token)
        return auth_service_pb2.LogoutResponse()


@dataclass(frozen=True, slots=True)
class UserService(user_service.Servicer):
    """People."""

    avatars: Avatars

    async def GetMe(self, request: user_service_pb2.GetMeRequest, call: Call) -> user_service_pb2.GetMeResponse:  # noqa: ARG002
        profile = await account_queries.own_profile(call.tx, call.caller.user_id)
        return user_service_pb2.GetMeResponse(user=messages.user(profile, self.avatars))

    async def UpdateMe(
        self, request: user_service_pb2.UpdateMeRequest, call: Call
    ) -> user_service_pb2.UpdateMeResponse:
        given = messages.profile_changes(request)
        profile = await profiles.change(call.tx, self.avatars, call.caller.user_id, given)
        return user_service_pb2.UpdateMeResponse(user=messages.user(profile, self.avatars))

    async def GetPublicUser(
        self, request: user_service_pb2.GetPublicUserRequest, call: Call
    ) -> user_service_pb2.GetPublicUserResponse:
        if request.username:
            person = await people.visible_person_by_username(call.tx, call.caller.user_id, request.username)
        else:
            person = await people.visible_person(call.tx, call.caller.user_id, request.user_id)
        return user_service_pb2.GetPublicUserResponse(user=messages.public_user(person, self.avatars))


def _device(call: Call) -> Device:
    return Device(call.address, call.metadata.get("user-agent", "")[:_LONGEST_USER_AGENT])
