"""Drawings of calls, made by the server."""
