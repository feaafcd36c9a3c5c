"""The open call of the tests of signing."""

from tests.union.campaigns.signing.conftest import booth

__all__ = ["booth"]
