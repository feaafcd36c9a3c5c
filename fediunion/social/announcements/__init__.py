"""What the union says to all its members at once, and how they react to it."""
