"""Emoji, plugged in."""

from fediunion.feature import Feature
from fediunion.social.emoji import endpoints

FEATURE = Feature(name="emoji", routes=endpoints.ROUTES)
