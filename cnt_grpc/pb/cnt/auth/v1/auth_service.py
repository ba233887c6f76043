# Generated from cnt/auth/v1/auth_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.auth.v1.AuthService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.auth.v1 import auth_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.auth.v1.AuthService"


class Servicer(Protocol):
    """Makes accounts and sessions. An access token (a JWT, 30 minutes unless set otherwise) goes into the header
    `authorization: Bearer …` of each call; a refresh token (opaque, 30 days unless set otherwise) buys the next pair.
    """

    __slots__ = ()

    @abstractmethod
    async def Register(self, request: pb2.RegisterRequest, call: Call) -> pb2.RegisterResponse:
        """Makes an account and signs it in. A guest who registers keeps their id and what they did.
        Anyone. EMAIL_TAKEN; INVALID for an impossible email, date of birth or name, and for a password that is too short,
        too long or too common; TOO_MANY_CALLS when the server checks too many passwords at the moment.
        """
        ...

    @abstractmethod
    async def Login(self, request: pb2.LoginRequest, call: Call) -> pb2.LoginResponse:
        """Signs in by username or email and password. Signing in takes a pending deletion of the account back.
        Anyone. WRONG_CREDENTIALS, the same for an unknown name and a wrong password; SIGN_IN_SLOWED_DOWN after several
        wrong tries for one account or from one address; ACCOUNT_BANNED, told only to who knows the password;
        TOO_MANY_CALLS when the server checks too many passwords at the moment.
        """
        ...

    @abstractmethod
    async def GoogleLogin(self, request: pb2.GoogleLoginRequest, call: Call) -> pb2.GoogleLoginResponse:
        """Signs in by Google: by an id token, whose signature is checked, or by an access token, which is verified with Google.
        Only what Google says counts. The first sign-in makes an account and copies Google's picture into it; a guest keeps
        id and history. An account with the same email is linked only when both Google and we know the address to be proven.
        Signing in takes a pending deletion of the account back.
        Anyone. GOOGLE_NOT_CONFIGURED; GOOGLE_TOKEN_INVALID; EMAIL_TAKEN by an account that is not to be linked: sign in to
        it, verify its address, and come back; ACCOUNT_BANNED; PARTY_UNAVAILABLE when Google does not answer.
        """
        ...

    @abstractmethod
    async def GetGoogleClientId(self, request: pb2.GetGoogleClientIdRequest, call: Call) -> pb2.GetGoogleClientIdResponse:
        """The client id that a page needs to ask Google for a token.
        Anyone. GOOGLE_NOT_CONFIGURED.
        """
        ...

    @abstractmethod
    async def ExchangeSignInCode(self, request: pb2.ExchangeSignInCodeRequest, call: Call) -> pb2.ExchangeSignInCodeResponse:
        """Turns the one-time code with which the redirect flow (GET /api/v1/auth/google) ends into tokens. A code works once,
        for a minute.
        Anyone who holds the code. SIGN_IN_CODE_INVALID; ACCOUNT_BANNED.
        """
        ...

    @abstractmethod
    async def SendOtp(self, request: pb2.SendOtpRequest, call: Call) -> pb2.SendOtpResponse:
        """Sends a code of six digits to an address: it works for 10 minutes and replaces the one before. Whether an account has
        the address is not told: the answer is the same, and comes as soon.
        Anyone. INVALID for an impossible address; CODES_SLOWED_DOWN after 5 codes in an hour, after 5 wrong tries until the
        code would have expired, and after 20 wrong tries for a day.
        """
        ...

    @abstractmethod
    async def VerifyOtp(self, request: pb2.VerifyOtpRequest, call: Call) -> pb2.VerifyOtpResponse:
        """Says whether a code is right, and leaves it to be used by what it was sent for. A wrong try counts.
        Anyone. INVALID for an impossible address; CODE_WRONG; CODES_SLOWED_DOWN after too many wrong tries.
        """
        ...

    @abstractmethod
    async def RegisterWithOtp(self, request: pb2.RegisterWithOtpRequest, call: Call) -> pb2.RegisterWithOtpResponse:
        """Makes an account whose address is proven by a code (CODE_PURPOSE_REGISTER), and signs it in. A guest who registers
        keeps their id and what they did.
        Anyone. CODE_WRONG; CODES_SLOWED_DOWN after too many wrong tries; and the reasons of Register.
        """
        ...

    @abstractmethod
    async def LoginWithOtp(self, request: pb2.LoginWithOtpRequest, call: Call) -> pb2.LoginWithOtpResponse:
        """Signs in by a code (CODE_PURPOSE_LOGIN). Signing in takes a pending deletion of the account back.
        Anyone. INVALID for an impossible address; CODE_WRONG, also where no account has the address; CODES_SLOWED_DOWN
        after too many wrong tries; ACCOUNT_BANNED, told only to who has the code.
        """
        ...

    @abstractmethod
    async def VerifyEmail(self, request: pb2.VerifyEmailRequest, call: Call) -> pb2.VerifyEmailResponse:
        """Proves by a code (CODE_PURPOSE_VERIFY_EMAIL) that mail to the caller's address reaches them.
        Anyone signed in with a real account. CODE_WRONG; CODES_SLOWED_DOWN after too many wrong tries.
        """
        ...

    @abstractmethod
    async def ForgotPassword(self, request: pb2.ForgotPasswordRequest, call: Call) -> pb2.ForgotPasswordResponse:
        """Sends a code with which a new password can be set (CODE_PURPOSE_RESET); as SendOtp does, and under its limits.
        Anyone. The reasons of SendOtp.
        """
        ...

    @abstractmethod
    async def ResetPassword(self, request: pb2.ResetPasswordRequest, call: Call) -> pb2.ResetPasswordResponse:
        """Sets a new password by a code (CODE_PURPOSE_RESET), and ends every session of the account.
        Anyone. CODE_WRONG, also where no account has the address; CODES_SLOWED_DOWN after too many wrong tries; INVALID for
        an impossible address, and for a password that is too short, too long or too common; TOO_MANY_CALLS when the server
        checks too many passwords at the moment.
        """
        ...

    @abstractmethod
    async def CheckUsername(self, request: pb2.CheckUsernameRequest, call: Call) -> pb2.CheckUsernameResponse:
        """Says whether a username can be had, why not, and which similar ones can.
        Anyone. No reason of its own.
        """
        ...

    @abstractmethod
    async def RefreshToken(self, request: pb2.RefreshTokenRequest, call: Call) -> pb2.RefreshTokenResponse:
        """Exchanges a refresh token for a new pair of tokens. A token that was used is answered with the same successor for
        10 seconds (a lost reply, two tabs); presented later it is taken as stolen, and the whole session ends.
        Anyone who holds the token. REFRESH_TOKEN_INVALID; ACCOUNT_BANNED.
        """
        ...

    @abstractmethod
    async def Logout(self, request: pb2.LogoutRequest, call: Call) -> pb2.LogoutResponse:
        """Ends the session that a refresh token belongs to: its access tokens end within a second, its streams within five.
        Anyone who holds the token; an unknown one is answered the same, so that nothing is told about it.
        """
        ...

    @abstractmethod
    async def CreateGuest(self, request: pb2.CreateGuestRequest, call: Call) -> pb2.CreateGuestResponse:
        """Makes a guest and signs them in: a guest may read, join what hosts open to guests, and chat there. Registering or
        signing in by Google makes them an account and keeps what they did.
        Anyone. INVALID for an impossible name; TOO_MANY_CALLS when one network makes too many guests.
        """
        ...

    @abstractmethod
    async def Confirm(self, request: pb2.ConfirmRequest, call: Call) -> pb2.ConfirmResponse:
        """Shows once more that it is the owner who holds the session: by the password, by a code (CODE_PURPOSE_CONFIRM) or by
        a Google id token that is at most 10 minutes old. For 10 minutes the session is then good for what needs a
        confirmation.
        Anyone signed in with a real account. WRONG_CREDENTIALS; CODE_WRONG; CODES_SLOWED_DOWN or SIGN_IN_SLOWED_DOWN after
        too many wrong tries; GOOGLE_TOKEN_INVALID; GOOGLE_NOT_CONFIGURED; PARTY_UNAVAILABLE when Google does not answer.
        """
        ...

    @abstractmethod
    async def ListSessions(self, request: pb2.ListSessionsRequest, call: Call) -> pb2.ListSessionsResponse:
        """Where the caller is signed in, the newest sign-in first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def EndSession(self, request: pb2.EndSessionRequest, call: Call) -> pb2.EndSessionResponse:
        """Ends one session of the caller's, which may be the one that calls.
        Anyone signed in with a real account. SESSION_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def EndOtherSessions(self, request: pb2.EndOtherSessionsRequest, call: Call) -> pb2.EndOtherSessionsResponse:
        """Ends all sessions of the caller's but the one that calls.
        Anyone signed in with a real account. No reason of its own.
        """
        ...
