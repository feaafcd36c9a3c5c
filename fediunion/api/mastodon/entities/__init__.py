"""The entities of docs.joinmastodon.org, one file each. Functions here take what was loaded."""
