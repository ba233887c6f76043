"""Making an edit: graphs for FFmpeg, measuring what is heard, and looking at what came out."""
