"""What is allowed in the live room, and what follows from it."""
