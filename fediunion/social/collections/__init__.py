"""Collections: accounts that a member recommends to others, each with its consent."""
