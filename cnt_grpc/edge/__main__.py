"""Prints the edge's configuration for production.

    --write             put it into envoy/envoy.yaml
    --check             say whether envoy/envoy.yaml is what would be printed
    --settings          take CORS_ORIGINS, TRUSTED_HOPS, TLS_CERT_FILE and TLS_KEY_FILE from the settings
    --into FOLDER       write envoy.yaml and the descriptor image there, for an Envoy that finds both in that folder

Without options the result is the same on every machine, so that it can be checked in.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from cnt_grpc.edge import Address, EdgeConfig, Tls, render
from cnt_grpc.settings import Settings, load

FOLDER = Path(__file__).parents[2] / "envoy"
IMAGE = FOLDER / "cnt.binpb"
CONFIG = FOLDER / "envoy.yaml"

IN_CONTAINER = Path("/etc/cnt-envoy")
"""Where docker-compose.yml shows Envoy the folder envoy/."""


def production(folder: Path = IN_CONTAINER, settings: Settings | None = None) -> EdgeConfig:
    """The edge of docker-compose.yml: the servers by the name `serve`, configuration and image in `folder`."""
    tls = None
    if settings and settings.tls_cert_file and settings.tls_key_file:
        tls = Tls(str(settings.tls_cert_file), str(settings.tls_key_file))
    return EdgeConfig(
        image=IMAGE,
        image_at=str(folder / IMAGE.name),
        grpc=(Address("serve", 50051),),
        side=(Address("serve", 50151),),
        cors_origins=settings.cors_origins if settings else (),
        trusted_hops=settings.trusted_hops if settings else 0,
        tls=tls,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 when --check finds a difference, or the settings are wrong."""
    parser = argparse.ArgumentParser(prog="python -m cnt_grpc.edge", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put it into envoy/envoy.yaml")
    parser.add_argument("--check", action="store_true", help="say whether envoy/envoy.yaml is current")
    parser.add_argument("--settings", action="store_true", help="take origins, hops and TLS from the settings")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="write envoy.yaml and the image there")
    options = parser.parse_args(arguments)
    settings = load() if options.settings else None
    text = render(production(options.into.resolve() if options.into else IN_CONTAINER, settings))
    if options.check:
        current = CONFIG.is_file() and CONFIG.read_text(encoding="utf-8") == text
        if not current:
            sys.stderr.write(f"not current: {CONFIG}\nRun `make gen` and commit what it changes.\n")
        return int(not current)
    if options.into:
        options.into.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(IMAGE, options.into / IMAGE.name)
        (options.into / CONFIG.name).write_text(text, encoding="utf-8")
    elif options.write:
        CONFIG.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
