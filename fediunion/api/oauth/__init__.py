"""What apps ask of OAuth: tokens, their end, what they are good for, and where all this is."""
