"""Signing off the event loop."""

import asyncio

import pytest

from fediunion.outbox.signing import SigningDesk
from fediunion.outbox.synchronization import followers_digest


async def test_everybody_gets_their_own_signature_and_their_own_error() -> None:
    desk = SigningDesk()

    def failing() -> dict[str, str]:
        raise ValueError("no key")

    def making(number: int) -> dict[str, str]:
        return {"Signature": f"{number}"}

    runs = [desk.run(lambda number=number: making(number)) for number in range(50)]  # type: ignore[misc]  # mypy cannot type the default
    *made, failed = await asyncio.gather(*runs, desk.run(failing), return_exceptions=True)
    assert made == [{"Signature": f"{number}"} for number in range(50)]
    assert isinstance(failed, ValueError)
    desk.close()


async def test_a_cancelled_caller_leaves_the_others_their_signatures() -> None:
    desk = SigningDesk()
    cancelled = asyncio.create_task(desk.run(lambda: {"a": "b"}))
    other = asyncio.create_task(desk.run(lambda: {"c": "d"}))
    await asyncio.sleep(0)
    cancelled.cancel()
    assert await other == {"c": "d"}
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    desk.close()


def test_V27_the_digest_of_followers_is_the_exclusive_or_of_their_hashes() -> None:
    # The example of FEP-8fcf.
    uris = ["https://testing.example.org/users/1", "https://testing.example.org/users/2"]
    digest = followers_digest(uris)
    assert digest == followers_digest(reversed(uris))
    assert digest == "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"
    assert followers_digest([]) == "0" * 64
