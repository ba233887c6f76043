"""Every SQL statement of the editing room."""
