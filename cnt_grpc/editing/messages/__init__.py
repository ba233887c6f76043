"""Rows and plans as messages, and messages as plans."""
