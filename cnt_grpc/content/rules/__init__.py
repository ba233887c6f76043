"""What may be done in the content room and what follows from it, by noun."""
