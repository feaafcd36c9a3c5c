"""Backups: an instance as one file, sealed with a passphrase where that is wanted."""
