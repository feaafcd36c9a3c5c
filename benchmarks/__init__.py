"""Measures what a server costs, in its own CPU seconds; works against any that speaks the same protocols."""
