"""The door for client apps: the Mastodon API over HTTP."""
