"""The instance as it is while it is served: its hub has been there from the start."""

import pytest

from fediunion.api.streaming.hub import Hub
from fediunion.api.streaming.joining import hub_of
from tests.api.rig import Rig


@pytest.fixture(autouse=True)
def hub(rig: Rig) -> Hub:
    """The hub of the instance."""
    return hub_of(rig.world)
