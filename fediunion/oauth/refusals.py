"""Why a request of an app is refused, in the words of OAuth."""

from enum import StrEnum

from fediunion.kit.errors import FediUnionError
from fediunion.kit.sentences import Sentence


class Why(StrEnum):
    """The error codes. Source: RFC 6749 sections 4.1.2.1 and 5.2, RFC 7009 section 2.2.1."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    INVALID_SCOPE = "invalid_scope"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - the name of an error
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    ACCESS_DENIED = "access_denied"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"


class OAuthRefused(FediUnionError):
    """A request of an app is refused; `why` goes to the app, the message to whoever mends it."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message, reason=str(why).replace("_", "-"))
        self.why = why


BAD_GRANT = Sentence(
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used "
    "in the authorization request, or was issued to another client."
)
BAD_CLIENT = Sentence(
    "Client authentication failed due to unknown client, no client authentication included, or unsupported "
    "authentication method."
)
BAD_SCOPE = Sentence("The requested scope is invalid, unknown, or malformed.")
