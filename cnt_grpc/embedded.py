"""Where the embedded default keeps its database and its secret: computed alike by the launcher and every program."""

import hashlib
import os
import secrets
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

DATABASE = "cnt"
SUPERUSER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_LIMIT = 107  # bytes in sockaddr_un.sun_path, without its closing zero


def make_state_dir(state_dir: Path) -> None:
    """Make the state directory, shut to others; root's may be passed through, as its Postgres may run as nobody."""
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)


def postgres_dir(state_dir: Path) -> Path:
    """The data directory of the embedded Postgres."""
    return state_dir / "postgres"


def socket_dir(data_dir: Path) -> Path:
    """Where its socket is: the data directory (mode 0700), or a private short folder when that path is too long."""
    if len(os.fsencode(data_dir / SOCKET_NAME)) <= SOCKET_LIMIT:
        return data_dir
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"cnt-pg-{os.geteuid()}-{digest}"


def dsn(data_dir: Path, database: str = DATABASE) -> str:
    """The address of `database` for asyncpg and libpq."""
    return f"postgresql://{SUPERUSER}@/{quote(database)}?host={quote(str(socket_dir(data_dir)), safe='/')}"


def is_running(state_dir: Path) -> bool:
    """Whether the embedded Postgres of this state directory takes connections."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(socket_dir(postgres_dir(state_dir)) / SOCKET_NAME)) == 0


def secret_key(state_dir: Path) -> str:
    """The SECRET_KEY of this state directory: made once, readable by its owner alone."""
    path = state_dir / "secret_key"
    make_state_dir(state_dir)
    fresh = state_dir / f"secret_key.{os.getpid()}"
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(fresh, path)  # of two programs that start at once, the first one's key stays
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
