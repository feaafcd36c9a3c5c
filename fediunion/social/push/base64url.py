"""Bytes as the words of Web Push write them."""

import base64
import binascii


def base64url(value: bytes) -> str:
    """Return base64 in the alphabet of addresses, without padding. Source: RFC 7515 section 2."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def read_base64(text: str) -> bytes:
    """Return the bytes of base64 in either alphabet, padded or not, as apps send it. Raises ValueError."""
    plain = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("this is not base64") from error
