"""Thunderclaps: many pledge to boost one message at one moment, or nobody does."""
