"""The edge before the whole system, as the tests of the edge have it."""

from tests.edge.conftest import gate, whole

__all__ = ["gate", "whole"]
