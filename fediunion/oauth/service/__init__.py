"""What is done with apps and their grants."""
