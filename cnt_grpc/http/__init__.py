"""The small plain-HTTP side of a server process: stored files with ranges, the API's page, health and metrics.

Everything that is a call goes through gRPC; here is only what gRPC cannot be: files that a browser seeks in, redirects,
and pages that probes and scrapers fetch. It listens inside, behind Envoy.
"""

from cnt_grpc.http.app import make_app, serve
from cnt_grpc.http.google import GOOGLE_CALLBACK

__all__ = ["GOOGLE_CALLBACK", "make_app", "serve"]
