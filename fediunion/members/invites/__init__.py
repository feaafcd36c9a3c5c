"""Invitations to open an account, and who invited whom."""
