"""Posts that are not published yet: those that are to be at some moment, and drafts."""
