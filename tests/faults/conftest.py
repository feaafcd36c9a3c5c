"""Peers on real sockets, and a union that sends to them."""

from tests.outbox.conftest import peers, union

__all__ = ["peers", "union"]
