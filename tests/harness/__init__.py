"""What tests stand on: a real server on a real database, and a client that reads like a sentence."""
