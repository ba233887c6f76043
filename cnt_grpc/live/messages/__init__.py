"""Rows of the live room as messages of the contract, and requests as what rules take; pure functions."""
