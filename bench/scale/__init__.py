"""A large platform: made in minutes, and asked what people ask most, to see that nothing slows down as it grows."""
