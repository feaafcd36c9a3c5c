"""One token that becomes worthless while a test looks on."""

from sqlalchemy.orm import Session

from fediunion.kit.ids import token_hash
from fediunion.members.models import AccessToken
from fediunion.members.tokens import revoke_tokens_where


def revoke_token(session: Session, bearer: str) -> None:
    """Make a token worthless; one that is unknown stays so."""
    revoke_tokens_where(session, AccessToken.token_hash == token_hash(bearer))
