"""Searches that can be followed: their actors, what these announce, and what members subscribe to."""
