"""Everything that the instance has of a member, as one file that only the member can fetch."""
