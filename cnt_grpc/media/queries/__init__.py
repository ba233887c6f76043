"""Every SQL statement of the media room, by what it is about."""
