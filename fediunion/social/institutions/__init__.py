"""Boards, feeds and groups of the union, and the members who publish for them."""
