"""Activities going out: what is published, to which inboxes it goes, and how each delivery fares."""
