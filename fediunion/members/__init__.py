"""Who can log in: members, their passwords and addresses, and the tokens of their apps."""
