"""Sums between unions: how many of its own members each counts for a call, signed, never fewer than five."""
