"""The commands `call …`: campaign calls in from files, and what becomes of them."""
