"""Following, blocking and muting."""
