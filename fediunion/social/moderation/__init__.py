"""Reports, decisions about accounts and servers, what goes with them, and the log of who did what."""
