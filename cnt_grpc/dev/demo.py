"""The accounts that the embedded default seeds so that a newcomer can sign in at once; no other database gets them.

They are the auth room's DEMO_PEOPLE (a test compares): importing that room would delay the banner by most of a second.
"""

PERSON = ("demo@example.org", "sing-to-the-lord-1")
ADMIN = ("demo.admin@example.org", "let-my-people-go-2")
