"""Between rows and messages of the admin room; pure functions."""
