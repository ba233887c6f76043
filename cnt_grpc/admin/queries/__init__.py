"""Every SQL statement of the admin room, by noun."""
