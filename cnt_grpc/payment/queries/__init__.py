"""Every SQL statement of the payment room, a file for each noun."""
