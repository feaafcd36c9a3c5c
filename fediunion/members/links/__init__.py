"""What a mail lets its reader do once: another password, another address, the old one again."""
