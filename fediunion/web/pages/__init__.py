"""Pages that every instance has."""

from fediunion.web.pages.core import ROUTES

__all__ = ["ROUTES"]
