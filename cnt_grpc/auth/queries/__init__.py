"""Every SQL statement of the auth room, by noun."""
