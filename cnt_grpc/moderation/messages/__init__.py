"""Rows and values as messages; pure functions."""
