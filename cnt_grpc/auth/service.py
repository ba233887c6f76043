"""The servicer of accounts and sessions: what each RPC asks of the rules, and nothing else."""

from dataclasses import dataclass

from cnt_grpc.auth import messages
from cnt_grpc.auth.codes import CodePurpose
from cnt_grpc.auth.google import Google
from cnt_grpc.auth.passwords import Passwords, clean_password
from cnt_grpc.auth.queries import sessions as session_queries
from cnt_grpc.auth.rules import accounts, by_code, by_google, codes, confirming, sessions, usernames
from cnt_grpc.auth.rules.sessions import Device
from cnt_grpc.auth.rules.sign_in import sign_in
from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.auth.v1 import auth_service
from cnt_grpc.pb.cnt.auth.v1 import auth_service_pb2 as pb2

_LONGEST_USER_AGENT = 200


@dataclass(frozen=True, slots=True)
class AuthService(auth_service.Servicer):
    """Accounts and sessions."""

    tokens: Tokens
    passwords: Passwords
    google: Google

    async def Register(self, request: pb2.RegisterRequest, call: Call) -> pb2.RegisterResponse:
        account = await accounts.new_account(
            self.passwords.hash,
            email=request.email,
            password=request.password,
            name=request.name,
            phone=request.phone,
            date_of_birth=request.date_of_birth,
            bio=request.bio,
        )

        async def join(tx: Tx) -> pb2.RegisterResponse:
            signed_in = await accounts.register(tx, self.tokens, call.caller, account, device_of(call))
            return await call.answered(tx, messages.session_reply(pb2.RegisterResponse, signed_in, self.tokens))

        return await call.db.transact(join)

    async def Login(self, request: pb2.LoginRequest, call: Call) -> pb2.LoginResponse:
        signed_in = await sign_in(
            call.db,
            self.tokens,
            self.passwords,
            typed=request.username_or_email,
            password=request.password,
            device=device_of(call),
        )
        return messages.session_reply(pb2.LoginResponse, signed_in, self.tokens)

    async def GoogleLogin(self, request: pb2.GoogleLoginRequest, call: Call) -> pb2.GoogleLoginResponse:
        if request.id_token:
            identity = await self.google.by_id_token(request.id_token)
        else:
            identity = await self.google.by_access_token(request.access_token)
        signed_in = await call.db.transact(
            lambda tx: by_google.sign_in(tx, self.tokens, call.caller, identity, device_of(call))
        )
        return messages.session_reply(pb2.GoogleLoginResponse, signed_in, self.tokens)

    async def GetGoogleClientId(
        self,
        request: pb2.GetGoogleClientIdRequest,  # noqa: ARG002
        call: Call,  # noqa: ARG002
    ) -> pb2.GetGoogleClientIdResponse:
        return pb2.GetGoogleClientIdResponse(client_id=self.google.client_id)

    async def ExchangeSignInCode(
        self, request: pb2.ExchangeSignInCodeRequest, call: Call
    ) -> pb2.ExchangeSignInCodeResponse:
        signed_in = await by_google.exchange(call.tx, self.tokens, request.code, device_of(call))
        return messages.session_reply(pb2.ExchangeSignInCodeResponse, signed_in, self.tokens)

    async def SendOtp(self, request: pb2.SendOtpRequest, call: Call) -> pb2.SendOtpResponse:
        until = await codes.send(call.tx, request.email, messages.purpose(request.purpose), call.address)
        return pb2.SendOtpResponse(expires_at=messages.timestamp(until))

    async def VerifyOtp(self, request: pb2.VerifyOtpRequest, call: Call) -> pb2.VerifyOtpResponse:
        purpose = messages.purpose(request.purpose)
        await codes.verify(call.tx, request.email, purpose, request.otp_code, call.address)
        return pb2.VerifyOtpResponse(verified=True, success=True)

    async def RegisterWithOtp(self, request: pb2.RegisterWithOtpRequest, call: Call) -> pb2.RegisterWithOtpResponse:
        account = await accounts.new_account(
            self.passwords.hash,
            email=request.email,
            password=request.password,
            name=request.name,
            phone=request.phone,
            date_of_birth=request.date_of_birth,
            bio=request.bio,
        )

        async def join(tx: Tx) -> pb2.RegisterWithOtpResponse:
            code = request.otp_code
            signed_in = await by_code.register(tx, self.tokens, call.caller, account, device_of(call), code=code)
            return await call.answered(tx, messages.session_reply(pb2.RegisterWithOtpResponse, signed_in, self.tokens))

        return await call.db.transact(join)

    async def LoginWithOtp(self, request: pb2.LoginWithOtpRequest, call: Call) -> pb2.LoginWithOtpResponse:
        signed_in = await by_code.sign_in(call.tx, self.tokens, request.email, request.otp_code, device_of(call))
        return messages.session_reply(pb2.LoginWithOtpResponse, signed_in, self.tokens)

    async def VerifyEmail(self, request: pb2.VerifyEmailRequest, call: Call) -> pb2.VerifyEmailResponse:
        await by_code.verify_email(call.tx, call.caller.user_id, request.otp_code, device_of(call))
        return pb2.VerifyEmailResponse(verified=True, success=True)

    async def ForgotPassword(self, request: pb2.ForgotPasswordRequest, call: Call) -> pb2.ForgotPasswordResponse:
        until = await codes.send(call.tx, request.email, CodePurpose.RESET, call.address)
        return pb2.ForgotPasswordResponse(expires_at=messages.timestamp(until))

    async def ResetPassword(self, request: pb2.ResetPasswordRequest, call: Call) -> pb2.ResetPasswordResponse:
        # Before the code is looked at: the work is the same whether an account has the address or not.
        new_hash = await self.passwords.hash(clean_password(request.new_password, "new_password"))

        async def reset(tx: Tx) -> pb2.ResetPasswordResponse:
            await by_code.reset_password(tx, request.email, request.otp_code, new_hash, device_of(call))
            return await call.answered(tx, pb2.ResetPasswordResponse())

        return await call.db.transact(reset)

    async def CheckUsername(self, request: pb2.CheckUsernameRequest, call: Call) -> pb2.CheckUsernameResponse:
        answer = await usernames.check(call.tx, request.username)
        return pb2.CheckUsernameResponse(
            available=answer.is_available, message=answer.message, suggestions=answer.suggestions
        )

    async def RefreshToken(self, request: pb2.RefreshTokenRequest, call: Call) -> pb2.RefreshTokenResponse:
        signed_in = await sessions.refresh(call.tx, self.tokens, request.refresh_token, device_of(call))
        return messages.session_reply(pb2.RefreshTokenResponse, signed_in, self.tokens)

    async def Logout(self, request: pb2.LogoutRequest, call: Call) -> pb2.LogoutResponse:
        await sessions.log_out(call.tx, request.refresh_token)
        return pb2.LogoutResponse()

    async def CreateGuest(self, request: pb2.CreateGuestRequest, call: Call) -> pb2.CreateGuestResponse:
        signed_in = await accounts.create_guest(call.tx, self.tokens, request.name, device_of(call))
        return messages.session_reply(pb2.CreateGuestResponse, signed_in, self.tokens)

    async def Confirm(self, request: pb2.ConfirmRequest, call: Call) -> pb2.ConfirmResponse:
        if request.password:
            until = await confirming.by_password(call.db, self.passwords, call.caller, request.password)
        elif request.otp_code:
            until = await confirming.by_code(call.db, call.caller, request.otp_code, device_of(call))
        else:
            identity = await self.google.by_id_token(request.google_id_token)
            until = await confirming.by_google(call.db, call.caller, identity)
        return pb2.ConfirmResponse(fresh_until=messages.timestamp(until))

    async def ListSessions(self, request: pb2.ListSessionsRequest, call: Call) -> pb2.ListSessionsResponse:
        caller = call.caller
        page = Page.of(request, method=call.method, filters=(caller.user_id,))
        rows = await session_queries.live_sessions(call.tx, caller.user_id, clock.now(), page)
        shown, token = page.cut(rows, key=lambda row: (row["id"],))
        return pb2.ListSessionsResponse(
            sessions=[messages.session(row, caller.session_id) for row in shown], next_page_token=token
        )

    async def EndSession(self, request: pb2.EndSessionRequest, call: Call) -> pb2.EndSessionResponse:
        await sessions.end_own(call.tx, call.caller.user_id, request.session_id)
        return pb2.EndSessionResponse()

    async def EndOtherSessions(
        self,
        request: pb2.EndOtherSessionsRequest,  # noqa: ARG002
        call: Call,
    ) -> pb2.EndOtherSessionsResponse:
        ended = await sessions.end_others(call.tx, call.caller.user_id, call.caller.session_id)
        return pb2.EndOtherSessionsResponse(ended=ended)


def device_of(call: Call) -> Device:
    """Where a call comes from."""
    return Device(call.address, call.metadata.get("user-agent", "")[:_LONGEST_USER_AGENT])
