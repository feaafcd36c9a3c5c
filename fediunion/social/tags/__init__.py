"""Hashtags that members follow."""
