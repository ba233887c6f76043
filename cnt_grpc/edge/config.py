"""What differs between one edge and another: addresses, origins, limits. Everything else stands in the template."""

import re
from dataclasses import dataclass
from pathlib import Path

_MOST_PORTS = 65_536

_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9A-Fa-f:]+\](:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Address:
    """A host by name or number, and a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        """`host:port`, an IPv6 host in brackets. Raises ValueError for anything else."""
        host, colon, port = text.rpartition(":")
        if not (colon and host and port.isdigit() and 0 < int(port) < _MOST_PORTS):
            message = f"{text!r} is not host:port"
            raise ValueError(message)
        return cls(host.strip("[]"), int(port))


@dataclass(frozen=True, slots=True)
class Tls:
    """Files as Envoy finds them: the certificate with its chain, and the private key, both PEM."""

    certificate: str
    key: str


@dataclass(frozen=True, slots=True)
class AddressRate:
    """How often one client address may call: so many at once, and so many again each second."""

    burst: int
    per_second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeConfig:
    """One edge. The defaults are those of production."""

    image: Path
    """The descriptor image, read now for services, deadlines and paths."""
    image_at: str = ""
    """Where Envoy finds the same image; empty is where it is read now."""
    grpc: tuple[Address, ...]
    """The server processes' gRPC ports. A name may stand for several addresses."""
    side: tuple[Address, ...]
    """The server processes' plain-HTTP ports: /media, /docs, /health, /readyz."""
    listen: Address = Address("0.0.0.0", 8080)  # noqa: S104  (an edge is there to be reached)
    admin: Address | Path = Address("127.0.0.1", 9901)
    """Envoy's own door, which can stop the edge: a loopback address, or the path of a Unix socket."""
    access_log: str = "/dev/stdout"
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call: `https://app.example.org`, `https://*.example.org`, or `*` for all of them."""
    tls: Tls | None = None
    trusted_hops: int = 0
    """Proxies in front of this edge whose x-forwarded-for is believed."""
    address_rate: AddressRate | None = AddressRate(burst=600, per_second=150)
    """A whole church may share one address, so this stops floods, not people; None is no limit."""
    most_connections: int = 20_000
    heap_bytes: int = 1 << 30
    """Memory at which the edge refuses new requests rather than die."""
    upload_bytes: int = 6 << 30
    """The most that one upload may carry; above the server's own largest limit (5 GB of video)."""

    def __post_init__(self) -> None:
        """Refuses what would open the edge wider than meant. Raises ValueError with every problem."""
        problems = [f"{origin!r} is no origin" for origin in self.cors_origins if not _is_origin(origin)]
        if not self.grpc:
            problems.append("no gRPC address")
        if not self.side:
            problems.append("no plain-HTTP address")
        if self.trusted_hops < 0:
            problems.append("trusted_hops is negative")
        if isinstance(self.admin, Address) and self.admin.host not in {"127.0.0.1", "::1"}:
            problems.append("the admin address is not a loopback address")
        if problems:
            raise ValueError("; ".join(problems))


def _is_origin(text: str) -> bool:
    return text == "*" or _ORIGIN.fullmatch(text) is not None
