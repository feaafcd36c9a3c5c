"""Pages and feeds of employers that are looked at on a schedule: what is new becomes drafts of a board."""
