"""What may be done in the community room and what follows from it, by noun."""
