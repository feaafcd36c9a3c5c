"""Who signs a call, by which way, and what is kept of that."""
