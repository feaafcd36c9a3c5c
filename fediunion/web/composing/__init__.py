"""Writing a post: what the form carries, what it shows, and what becomes of it."""
