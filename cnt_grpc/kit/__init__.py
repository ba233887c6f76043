"""Machinery that every room shares and that knows no room: the pipeline, the database, jobs, events, errors."""
