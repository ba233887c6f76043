"""`cnt-grpc`, the one program: development, servers, worker, database, administration and checks.

argparse, because it is there: `--help` answers in under 0.1 s. Each command imports what it needs when it runs.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from cnt_grpc.refusal import Refusal

if TYPE_CHECKING:
    from cnt_grpc.settings import Settings

T = TypeVar("T")
Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 not done (words on standard error), 2 not understood."""
    options = parser().parse_args(arguments)
    command: Command = options.command
    try:
        return command(options)
    except Refusal as refusal:
        for line in str(refusal).splitlines():
            print(f"cnt-grpc: {line}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="cnt-grpc", description="Backend of the platform: one program, many commands.")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")

    dev_ = _add(commands, "dev", dev, "everything on this machine: Postgres, servers, a worker and Envoy, until Ctrl-C")
    dev_.add_argument("--workers", type=_count, default=2, metavar="N", help="server processes (2)")

    serve_ = _add(commands, "serve", serve, "the server: gRPC, and plain HTTP beside it")
    serve_.add_argument(
        "--workers", type=_count, default=1, metavar="N", help="processes, each on ports of its own (1)"
    )
    serve_.add_argument("--grpc-port", type=int, metavar="PORT", help="instead of CNT_GRPC_PORT")
    serve_.add_argument("--side-port", type=int, metavar="PORT", help="instead of CNT_SIDE_PORT")

    _add(commands, "worker", worker, "runs jobs: probing media, mail, notifications")
    _add(commands, "voice-agent", voice_agent, "listens and speaks in voice rooms (LiveKit, OpenAI, Deepgram)")
    migrate_ = _add(commands, "migrate", migrate, "brings the database's schema up to date")
    migrate_.add_argument("--seed", action="store_true", help="then do what `seed` does")
    _add(commands, "seed", seed, "puts in what a new database needs; may be repeated")

    admin = commands.add_parser("admin", help="administrators").add_subparsers(required=True, metavar="ACTION")
    create = _add(admin, "create", admin_create, "makes an administrator, or makes one of an existing person")
    create.add_argument("--email", required=True)
    create.add_argument("--name", required=True)
    create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    payments = commands.add_parser("payments", help="money").add_subparsers(required=True, metavar="ACTION")
    replay = _add(payments, "replay", payments_replay, "asks providers about payments, and books what was missed")
    replay.add_argument("--days", type=_count, default=30, metavar="N", help="payments begun since so many days (30)")
    replay.add_argument("--dry-run", action="store_true", help="only say what would be booked")
    _add(payments, "rotate-bank-keys", payments_rotate, "seals bank details with the newest of BANK_KEYS")

    media = commands.add_parser("media", help="stored files").add_subparsers(required=True, metavar="ACTION")
    checking = _add(media, "check", media_check, "compares the table of files with the store; 1 when they differ")
    checking.add_argument("--mend", action="store_true", help="removes what no row knows, makes again what can be made")
    folder = _add(media, "upload-folder", media_upload_folder, "stores the files below a folder; may be repeated")
    folder.add_argument("folder", metavar="DIR")
    folder.add_argument("--owner", type=int, required=True, metavar="ID", help="whose files they become: a user's id")
    folder.add_argument("--dry-run", action="store_true", help="only say what would be done")
    thumbnails = _add(media, "thumbnails", media_thumbnails, "makes the thumbnails that films lack; may be repeated")
    thumbnails.add_argument("--dry-run", action="store_true", help="only say what would be done")

    content = commands.add_parser("content", help="the catalogue").add_subparsers(required=True, metavar="ACTION")
    importing = _add(content, "import-audio", content_import_audio, "makes podcasts of stored sounds; may be repeated")
    importing.add_argument("prefix", metavar="PREFIX", help="how the keys of these sounds begin, such as audio/old/")
    importing.add_argument("--owner", type=int, required=True, metavar="ID", help="whose they become: a user's id")
    importing.add_argument("--approve", action="store_true", help="everyone sees them at once; else moderators decide")
    importing.add_argument("--dry-run", action="store_true", help="only say what would be done")

    audit = commands.add_parser("audit", help="the record of what was done by virtue of a role")
    _add(
        audit.add_subparsers(required=True, metavar="ACTION"),
        "verify",
        audit_verify,
        "walks the whole chain; 1 when a row was changed, removed or added",
    )

    search = commands.add_parser("search", help="the search index").add_subparsers(required=True, metavar="ACTION")
    _add(search, "rebuild", search_rebuild, "builds the index anew while everything runs; may be repeated")

    _add(commands, "routes", routes, "every RPC with its policy and HTTP paths")
    _add(commands, "check", check, "looks at settings, database and edge configuration")
    settings_ = _add(commands, "settings", settings, "shows the settings, secrets left out")
    form = settings_.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="the table of README instead")
    form.add_argument("--env", action="store_true", help=".env.example instead")
    return top


def dev(options: argparse.Namespace) -> int:
    """Run everything on this machine until Ctrl-C."""
    found = _settings()
    from cnt_grpc.dev import launch  # noqa: PLC0415

    asyncio.run(launch.dev(found, options.workers))
    return 0


def serve(options: argparse.Namespace) -> int:
    """Run one server in this process, or several as children."""
    ports = {"cnt_grpc_port": options.grpc_port, "cnt_side_port": options.side_port}
    found = _with_database().model_copy(update={name: port for name, port in ports.items() if port})
    if options.workers > 1:
        from cnt_grpc.dev.servers import serve_many  # noqa: PLC0415

        asyncio.run(serve_many(found, options.workers))
    else:
        from cnt_grpc import app  # noqa: PLC0415

        _run(app.run_server(found, grpc_port=found.cnt_grpc_port, side_port=found.cnt_side_port, ready=None))
    return 0


def worker(_: argparse.Namespace) -> int:
    """Run jobs until SIGTERM."""
    found = _with_database()
    from cnt_grpc import app  # noqa: PLC0415

    _run(app.run_worker(found))
    return 0


def voice_agent(_: argparse.Namespace) -> int:
    """Hold conversations until SIGTERM."""
    found = _settings()
    from cnt_grpc.settings_rules import voice_needs  # noqa: PLC0415

    if needs := voice_needs(found):
        raise Refusal(needs)
    found = _with_database()
    from cnt_grpc import app  # noqa: PLC0415

    _run(app.run_voice_agent(found))
    return 0


def migrate(options: argparse.Namespace) -> int:
    """Bring the schema up to date."""
    found = _with_database()
    from cnt_grpc import migrate as migrations  # noqa: PLC0415

    asyncio.run(migrations.upgrade(found.dsn))
    return seed(options) if options.seed else 0


def seed(_: argparse.Namespace) -> int:
    """Put in what a new database needs."""
    found = _with_database()
    from cnt_grpc import app  # noqa: PLC0415

    _run(app.seed(found))
    return 0


def admin_create(options: argparse.Namespace) -> int:
    """Make an administrator."""
    found = _with_database()
    from cnt_grpc.commands import admin  # noqa: PLC0415

    password = admin.read_password(from_stdin=options.password_stdin)
    print(_run(admin.create(found, email=options.email, password=password, name=options.name)))
    return 0


def payments_replay(options: argparse.Namespace) -> int:
    """Ask providers about payments."""
    found = _with_database()
    from cnt_grpc.commands import payments  # noqa: PLC0415

    _run(payments.replay(found, days=options.days, dry=options.dry_run))
    return 0


def payments_rotate(_: argparse.Namespace) -> int:
    """Seal bank details anew."""
    found = _with_database()
    from cnt_grpc.commands import payments  # noqa: PLC0415

    _run(payments.rotate_bank_keys(found))
    return 0


def media_check(options: argparse.Namespace) -> int:
    """Compare rows with objects."""
    found = _with_database()
    from cnt_grpc.commands import media  # noqa: PLC0415

    return 0 if _run(media.check(found, mend=options.mend)) else 1


def media_upload_folder(options: argparse.Namespace) -> int:
    """Store a folder."""
    found = _with_database()
    from cnt_grpc.commands import media  # noqa: PLC0415

    return (
        0
        if _run(media.upload_folder(found, media.folder_of(options.folder), options.owner, dry=options.dry_run))
        else 1
    )


def media_thumbnails(options: argparse.Namespace) -> int:
    """Make missing thumbnails."""
    found = _with_database()
    from cnt_grpc.commands import media  # noqa: PLC0415

    return 0 if _run(media.thumbnails(found, dry=options.dry_run)) else 1


def content_import_audio(options: argparse.Namespace) -> int:
    """Make podcasts of stored sounds."""
    found = _with_database()
    from cnt_grpc.commands import content  # noqa: PLC0415

    importing = content.import_audio(
        found, options.prefix, options.owner, approved=options.approve, dry=options.dry_run
    )
    return 0 if _run(importing) else 1


def audit_verify(_: argparse.Namespace) -> int:
    """Walk the audit's chain."""
    found = _with_database()
    from cnt_grpc.commands import audit  # noqa: PLC0415

    return 0 if _run(audit.verify(found)) else 1


def search_rebuild(_: argparse.Namespace) -> int:
    """Build the search index anew."""
    found = _with_database()
    from cnt_grpc.commands import search  # noqa: PLC0415

    _run(search.rebuild(found))
    return 0


def routes(_: argparse.Namespace) -> int:
    """Print the policy table."""
    from cnt_grpc.commands.routes import table  # noqa: PLC0415

    print(table())
    return 0


def check(_: argparse.Namespace) -> int:
    """Look at everything, and fail when something is wrong."""
    from cnt_grpc.settings import load  # noqa: PLC0415

    found = load()
    from cnt_grpc.commands.check import findings  # noqa: PLC0415

    async def look() -> bool:
        well = True
        async for finding in findings(found):
            print("ok  " if finding.ok else "BAD ", finding.what)
            well &= finding.ok
        return well

    return 0 if asyncio.run(look()) else 1


def settings(options: argparse.Namespace) -> int:
    """Show the settings."""
    from cnt_grpc.commands import settings as show  # noqa: PLC0415
    from cnt_grpc.settings import load  # noqa: PLC0415

    if options.markdown:
        print(show.markdown(), end="")
    elif options.env:
        print(show.env_example(), end="")
    else:
        print(show.values(load()))
    return 0


def _add(commands: Any, name: str, command: Command, summary: str) -> argparse.ArgumentParser:  # noqa: ANN401 (argparse hides the type)
    added: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=f"{name}: {summary}.")
    added.set_defaults(command=command)
    return added


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:  # noqa: PLR2004 (more processes than any machine of ours has cores)
        raise argparse.ArgumentTypeError("must be from 1 to 64")
    return number


def _settings() -> "Settings":
    """The settings; in development the state directory's own SECRET_KEY stands in for a missing one."""
    from pydantic import SecretStr  # noqa: PLC0415

    from cnt_grpc import embedded  # noqa: PLC0415
    from cnt_grpc.settings import load  # noqa: PLC0415

    found = load()
    if found.secret_key.get_secret_value():
        return found
    try:
        key = embedded.secret_key(found.cnt_state_dir)
    except PermissionError as error:
        raise Refusal(
            f"CNT_STATE_DIR: {error.filename} belongs to another user; set it to a folder of your own."
        ) from None
    return found.model_copy(update={"secret_key": SecretStr(key)})


def _with_database() -> "Settings":
    """The settings, when they lead to a database: DATABASE_URL, or an embedded one that is running."""
    from cnt_grpc import embedded  # noqa: PLC0415

    found = _settings()
    if found.is_embedded and not embedded.is_running(found.cnt_state_dir):
        raise Refusal(
            f"DATABASE_URL is not set, and no embedded Postgres runs in {found.cnt_state_dir}: "
            "start `cnt-grpc dev` first, or set DATABASE_URL."
        )
    return found


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run on uvloop, which is faster than asyncio's own loop by a seventh for gRPC."""
    import uvloop  # noqa: PLC0415

    from cnt_grpc.kit.errors import Unavailable  # noqa: PLC0415

    try:
        return uvloop.run(work)
    except Unavailable as error:
        raise Refusal(f"{error.message}; `cnt-grpc check` tells more.") from None
