"""What happens, told as it happens: the streams of the Mastodon API over WebSocket and server-sent events."""
