"""Every statement of the live room."""
