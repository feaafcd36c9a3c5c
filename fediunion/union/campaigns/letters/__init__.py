"""Letters to the targets of a call: from one's own mail program, by the server, and on paper."""
