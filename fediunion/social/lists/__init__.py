"""Lists: a member's own choice of accounts to read together."""
