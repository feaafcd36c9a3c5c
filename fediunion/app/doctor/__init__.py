"""The self-check of an instance: what an operator would look at, and how to mend it."""
