"""The rows of the table of targets, one file each."""
