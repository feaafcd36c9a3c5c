"""Lists of servers that unions publish, signed, and that others may follow and take rules from."""
