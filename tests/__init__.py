"""Tests: the laws over all methods in contract/, one folder a room, the kit, the edge, faults."""
