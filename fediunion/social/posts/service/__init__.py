"""The rules of posts, one file for each kind of act."""
