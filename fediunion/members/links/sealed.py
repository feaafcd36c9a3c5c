"""Links in mails and messages that need no row: what they say is sealed in them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from fediunion.config import Settings
from fediunion.kit.errors import BadConfiguration, NotFound
from fediunion.kit.sealing import seal, unseal
from fediunion.kit.sentences import Sentence


def sealed_in_link(content: bytes, settings: Settings, purpose: bytes) -> str:
    """Return `content` for an address: read by this server alone, where `purpose` is the same."""
    sealed = seal(content, settings.secrets.master_key, purpose)
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def opened_from_link(text: str, settings: Settings, purpose: bytes) -> bytes:
    """Return what `sealed_in_link` was given; raise NotFound for what is none of ours, or meant otherwise."""
    try:
        sealed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        return unseal(sealed, settings.secrets.master_key, purpose)
    except (ValueError, BadConfiguration) as error:
        raise NotFound(Sentence("This link is none of this server.")) from error
