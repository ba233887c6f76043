"""Every SQL statement of the community room, by noun; visibility.py is the gate before all that read."""
