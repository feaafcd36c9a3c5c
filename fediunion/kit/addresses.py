"""Addresses of callers, as they are counted."""

import ipaddress


def address_bucket(address: str) -> str:
    """Return what counts as one caller: an IPv4 address, or the /64 of an IPv6 address (row O19)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def is_public_address(address: str) -> bool:
    """Return whether an address is one of the Internet, and not of this machine or a network of one's own."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
