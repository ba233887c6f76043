"""Scripts that meet hostile files: each runs as a process of its own, under limits, and imports nothing of ours."""
