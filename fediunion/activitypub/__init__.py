"""The wire format and the protocol; knows no tables."""
