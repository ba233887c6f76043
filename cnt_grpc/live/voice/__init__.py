"""The voice agent: a process that LiveKit sends into voice rooms, where it listens, looks things up, and speaks.

    worker.py     the process: registered with LiveKit, it says so in our database, and starts a conversation a job
    conversation.py   one conversation, from coming in to leaving; what happens when an ear or a voice fails
    companion.py  the agent of live/talk with its tools, as LiveKit's framework wants them

Nothing else imports this package: it takes a second and needs the extra `voice`.
"""
