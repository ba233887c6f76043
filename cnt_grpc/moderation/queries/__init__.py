"""Every statement of the moderation room."""
