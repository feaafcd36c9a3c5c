"""What a member does not want to read: words and posts that apps hide or warn of."""
