"""Reaching a member's apps that do not run: Web Push."""
