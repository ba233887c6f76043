"""What may be edited, and what happens."""
