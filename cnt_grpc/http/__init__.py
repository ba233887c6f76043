"""The small plain-HTTP side of a server process: stored files with ranges, health for machines, and metrics.

Everything that is a call goes through gRPC; here is only what gRPC cannot be: files that a browser seeks in, and pages
that probes and scrapers fetch. It listens inside, behind Envoy.
"""

from cnt_grpc.http.app import make_app, serve

__all__ = ["make_app", "serve"]
