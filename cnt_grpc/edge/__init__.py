"""The edge: Envoy's configuration, rendered from the contract and a few settings, for production and `cnt-grpc dev`."""

from cnt_grpc.edge.config import Address, AddressRate, EdgeConfig, Tls
from cnt_grpc.edge.rendering import render

__all__ = ["ENVOY_OPTIONS", "Address", "AddressRate", "EdgeConfig", "Tls", "render"]

ENVOY_OPTIONS = (
    # Hot restart shares memory between Envoys of one host, and ends this one when its launcher ends.
    "--disable-hot-restart",
    # What `POST /drain_listeners?graceful` on the admin address takes: connections are asked to go over this time.
    "--drain-time-s",
    "20",
    "--drain-strategy",
    "gradual",
    # The access log is written to its file this often; the default of 10 s is long for whoever watches.
    "--file-flush-interval-msec",
    "500",
    # Anyone can provoke what this component calls errors (a body too large). The access log has them, one line each.
    "--component-log-level",
    "http:critical",
)
"""Options with which Envoy is to be started, besides `--config-path`."""
