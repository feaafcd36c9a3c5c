"""Who asked to hear how a call ends: rows that know of no signature."""
