"""What is attached to posts."""
