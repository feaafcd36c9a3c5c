"""The endpoints of docs.joinmastodon.org, one file a page."""
