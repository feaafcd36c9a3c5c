"""Addresses of callers, as they are counted."""

import pytest

from fediunion.kit.addresses import address_bucket, is_public_address


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("somewhere", "somewhere"),
    ],
)
def test_O19_one_caller_is_an_address_or_the_network_that_it_has_to_itself(address: str, bucket: str) -> None:
    assert address_bucket(address) == bucket


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("127.0.0.1", False), ("172.17.0.1", False), ("::1", False), ("", False)],
    ids=["a resolver", "this machine", "a container", "this machine in IPv6", "nothing"],
)
def test_only_addresses_of_the_internet_stand_for_one_caller(address: str, public: bool) -> None:
    assert is_public_address(address) == public
