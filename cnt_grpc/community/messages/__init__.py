"""Between the community room's messages and what its rules take and give, by noun; pure functions."""
