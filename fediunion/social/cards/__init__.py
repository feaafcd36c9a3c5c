"""Previews of the links in public posts."""
