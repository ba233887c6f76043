"""What moderators decide, what they see, and what people ask them to look at."""
