"""What can go wrong, as exceptions that say it in one plain sentence."""

from typing import Final


class FediUnionError(Exception):
    """Base of all errors that the product raises on purpose.

    `reason` is a short stable word (`"bad-signature"`) for counters and logs; the
    message is a sentence for people.
    """

    reason = "error"

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        if reason is not None:
            self.reason = reason


class NotFound(FediUnionError):
    """There is no such thing, or the one who asks may not know that there is."""

    reason = "not-found"


class Gone(FediUnionError):
    """It was public once and was deleted; a Tombstone may be shown."""

    reason = "gone"


class NotAllowed(FediUnionError):
    """The actor is known, and may not do this."""

    reason = "not-allowed"


class Invalid(FediUnionError):
    """A value from a person cannot be used; `field` names it."""

    reason = "invalid"

    def __init__(self, message: str, *, field: str = "", reason: str | None = None) -> None:
        super().__init__(message, reason=reason)
        self.field = field


class BadConfiguration(FediUnionError):
    """The configuration cannot be used; the message names the key and, where known, the line."""

    reason = "bad-configuration"


class BadDocument(FediUnionError):
    """A document from elsewhere cannot be read as what it should be."""

    reason = "bad-document"


class BadSignature(FediUnionError):
    """The sender is not who it says it is."""

    reason = "bad-signature"


class TooLarge(FediUnionError):
    """More bytes than the limit."""

    reason = "too-large"


class TooOften(FediUnionError):
    """Something was asked or tried too often; it may be again after `retry_after_seconds`."""

    reason = "too-often"

    def __init__(self, message: str, *, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Refused(FediUnionError):
    """An activity or document that we understand and will not act on."""

    reason = "refused"


class Irrelevant(Refused):
    """An activity that is in order and that nobody here has to do with: left alone, nobody is at fault."""

    reason = "concerns-nobody"


PASSING_STATUSES: Final = frozenset({408, 425, 429})
"""Answers below 500 after which the same question may be answered later (RFC 9110, RFC 8470, RFC 6585)."""


class Unreachable(FediUnionError):
    """Another server did not answer usefully; asking again later may work.

    `status` is its HTTP status where it gave one; `retry_after_seconds` what it asked for.
    """

    reason = "unreachable"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after_seconds: float | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message, reason=reason)
        self.status = status
        self.retry_after_seconds = retry_after_seconds

    @property
    def may_pass(self) -> bool:
        """Whether asking again later may work: there was no answer, or one of the moment."""
        return self.status is None or self.status >= 500 or self.status in PASSING_STATUSES


NAME_REFUSED: Final = "name-refused"
"""The reason of AddressRefused for what a name leads to now: that can change."""


class AddressRefused(Unreachable):
    """The address is one that we never connect to.

    Asking again later is pointless, unless `reason` is NAME_REFUSED.
    """

    reason = "address-refused"

    @property
    def may_pass(self) -> bool:
        """Whether the name may lead elsewhere later."""
        return self.reason == NAME_REFUSED


class Unavailable(FediUnionError):
    """Our own storage cannot answer now (disk full, locked, restarting); the caller should come back."""

    reason = "unavailable"
    retry_after_seconds = 30


class TookTooLong(Unavailable):
    """A statement ran into its limit: that may be the load of the moment, or what it was asked to do."""
