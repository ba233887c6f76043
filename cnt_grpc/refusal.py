"""The error of a program that cannot do what it was asked and says why in words, without a stack."""


class Refusal(Exception):
    """Its text is all that the person at the terminal needs."""
