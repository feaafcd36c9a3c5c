"""What actors say about themselves, and what becomes of it elsewhere."""
