"""The voice agent: a process that LiveKit sends into voice rooms, where it listens, looks things up, and speaks.

    worker.py     the process: registered with LiveKit, it says so in our database, and starts a conversation a job
    conversation.py   one conversation, from coming in to leaving; what happens when an ear or a voice fails
    companion.py  who the agent is, and the tools it has
    knowledge.py  what these tools find, by the rules that the RPCs go by and with the rights of the person in the room

Nothing else imports this package: it takes a second and needs the extra `voice`.
"""
