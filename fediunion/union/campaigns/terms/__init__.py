"""What a call says: its words as values, and the rules for them."""
