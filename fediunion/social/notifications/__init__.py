"""What happened to a member."""
