"""Talking with the voice agent: who it is, what it can look up, and a conversation with it that needs no room.

    character.py   who the agent is, and the tools it has
    knowledge.py   what these tools find, by the rules that the RPCs go by and with the rights of the person who talks
    answering.py   one answer, found by a model that may look things up
    listening.py   one ear: sound becomes words, and silence the end of a question
    exchange.py    what goes into a conversation, and what comes out of it
    talk.py        the conversation: what answers what, and who interrupts whom
    pace.py        how much of it one person may have

`live/voice` talks in rooms with the same character and tools.
"""
