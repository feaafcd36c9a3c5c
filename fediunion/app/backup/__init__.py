"""Backups: an instance as one file, and an instance made of that file elsewhere."""
