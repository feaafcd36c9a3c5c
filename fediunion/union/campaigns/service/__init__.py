"""The rules of calls: drafts, publishing, their end, and what other unions send."""
