# Generated from cnt/testing/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.testing.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call to a service of the tests failed."""

    # The test asked for a failure.
    PROBE_FAILED = "PROBE_FAILED"
