"""Every SQL statement of the content room, by noun; visibility.py is the gate before all that read."""
