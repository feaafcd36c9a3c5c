"""Organisations that support a call, by their own actor's Join or as an officer wrote it down."""
