"""Campaign calls, plugged in."""

from fediunion.feature import Feature

FEATURE = Feature(name="campaigns")
