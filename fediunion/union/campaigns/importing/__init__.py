"""Calls in from files: read, checked, and taken in row by row."""
