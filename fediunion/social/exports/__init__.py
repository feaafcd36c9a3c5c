"""Exports that two officers agreed on: the keys of the institutions, or everything; sealed."""
