"""`cnt-grpc admin create`: the first administrator, whom no RPC can make."""

import getpass
import sys

from cnt_grpc import auth
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import AppError
from cnt_grpc.refusal import Refusal
from cnt_grpc.settings import Settings


def read_password(*, from_stdin: bool) -> str:
    """A line of standard input, or what is typed twice without being shown."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise Refusal("The two passwords differ.")
    return password


async def create(settings: Settings, *, email: str, password: str, name: str) -> str:
    """Make the administrator and say so; Refusal when the address, name or password is not one."""
    db = await Database.open(settings.dsn, writers=1, readers=1)
    try:
        person = await db.transact(lambda tx: auth.create_admin(tx, email=email, password=password, name=name))
    except AppError as error:
        raise Refusal(error.message) from None
    finally:
        await db.close()
    return f"{person['email']} is an administrator (user {person['id']})."
