"""Where pictures, films and sounds are shown: always an address of ours, never one of another server."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from fediunion.actors.models import Actor
from fediunion.config import Settings
from fediunion.kit.errors import NotFound
from fediunion.social.media.models import Attachment

FILES: Final = "/media/files/"
REMOTE: Final = "/media/remote/"
CARDS: Final = "/media/cards/"
PLACEHOLDERS: Final = "/api/fediunion/pictures/"
_SEAL_CHARACTERS: Final = 22
_LONGEST: Final = 8000


@dataclass(frozen=True)
class MediaAddresses:
    """Makes the addresses, and checks those that come back.

    A remote file is named by the row that knows it (`attachment/17`) or, for what stands in a list inside
    a row, by its own address; sealed with a key of ours, so that nobody can have us fetch anything else.
    """

    base_url: str
    secret: str

    @classmethod
    def of(cls, settings: Settings) -> "MediaAddresses":
        """Return the addresses of an instance."""
        return cls(settings.base_url, settings.secrets.secret_key)

    def file(self, name: str) -> str:
        """Return where a stored file is."""
        return file_address(self.base_url, name)

    def original(self, attachment: Attachment) -> str | None:
        """Return where an attachment is; None while it is being made."""
        if attachment.file_name is not None:
            return self.file(attachment.file_name)
        return self._of_row("attachment", attachment.id, attachment.remote_url)

    def preview(self, attachment: Attachment) -> str | None:
        """Return where a small picture of an attachment is; None where there is none."""
        if attachment.thumbnail_name is not None:
            return self.file(attachment.thumbnail_name)
        if attachment.remote_url is None or attachment.kind != "image":
            return None
        return self._of_row("preview", attachment.id, attachment.remote_url)

    def avatar(self, actor: Actor) -> str:
        """Return where the picture of an actor is; of one that is suspended none is shown."""
        return self._of_actor("avatar", actor, actor.icon_url)

    def header(self, actor: Actor) -> str:
        """Return where the wide picture of an actor is."""
        return self._of_actor("header", actor, actor.header_url)

    def emoji(self, url: str, *, still: bool = False) -> str:
        """Return where an emoji is; `still` without its motion. One of ours is where it says."""
        if url.startswith(f"{self.base_url}{FILES}"):
            return url
        return self._of_url("still" if still else "emoji", url)

    def earlier(self, url: str) -> str:
        """Return where an attachment of an earlier version of a remote post is."""
        return self._of_url("earlier", url)

    def card(self, card_id: int, image_url: str) -> str:
        """Return where the picture of a link's preview is."""
        return f"{self.base_url}{CARDS}{self._end('card', str(card_id), image_url)}"

    def is_sealed(self, seal: str, kind: str, what: str, url: str) -> bool:
        """Return whether the seal was made by us for that address."""
        return hmac.compare_digest(seal.encode(), self._seal(kind, what, url).encode())

    def _of_actor(self, kind: str, actor: Actor, url: str | None) -> str:
        if not url or actor.suspended_at is not None:
            return placeholder(self.base_url, kind)
        return url if actor.local else f"{self.base_url}{REMOTE}{kind}/{self._end(kind, str(actor.id), url)}"

    def _of_row(self, kind: str, row_id: int, url: str | None) -> str | None:
        return None if not url else f"{self.base_url}{REMOTE}{kind}/{self._end(kind, str(row_id), url)}"

    def _of_url(self, kind: str, url: str) -> str:
        packed = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
        return f"{self.base_url}{REMOTE}{kind}/{self._end(kind, packed, url)}"

    def _end(self, kind: str, what: str, url: str) -> str:
        return f"{what}/{self._seal(kind, what, url)}"

    def _seal(self, kind: str, what: str, url: str) -> str:
        message = f"{kind}\n{what}\n{url}".encode()
        sealed = hmac.new(self._key, message, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(sealed).decode()[:_SEAL_CHARACTERS]

    @cached_property
    def _key(self) -> bytes:
        return hashlib.sha256(b"fediunion media addresses\n" + self.secret.encode()).digest()


def file_address(base_url: str, name: str) -> str:
    """Return where a stored file is."""
    return f"{base_url}{FILES}{name}"


def placeholder(base_url: str, kind: str) -> str:
    """Return the picture of who has none: `avatar` or `header`. Apps that know how it ends show none then."""
    return f"{base_url}{PLACEHOLDERS}{kind}/missing.png"


def unpacked(what: str) -> str:
    """Return the address that stands in one of ours. Raises NotFound for what is none."""
    try:
        if len(what) > _LONGEST:
            raise ValueError
        return base64.urlsafe_b64decode(what + "=" * (-len(what) % 4)).decode()
    except (ValueError, binascii.Error):
        raise NotFound("There is no such file.") from None
