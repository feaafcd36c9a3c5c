"""What is found by words: posts, people, hashtags; and whom a member may want to know."""
