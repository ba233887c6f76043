"""Rows of the payment room as messages, and requests as what the rules take; a file for each noun."""
