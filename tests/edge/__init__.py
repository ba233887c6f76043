"""The edge, tested as callers meet it: a real Envoy, real clients, a real browser."""
