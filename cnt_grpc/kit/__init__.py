"""What every room stands on, and that knows no room: calls (`rpc`), `jobs`, `events`, `db`, words in pictures."""
