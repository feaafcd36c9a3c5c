"""Apps: registered, and recognised by their secret."""

import hmac
import unicodedata
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.ids import new_token, token_hash
from fediunion.members.scopes import check_scopes
from fediunion.oauth.models import Application
from fediunion.oauth.queries import find_application
from fediunion.oauth.redirects import check_redirects
from fediunion.oauth.refusals import BAD_CLIENT, OAuthRefused, Why
from fediunion.oauth.scopes import DEFAULT

LONGEST_NAME: Final = 100
LONGEST_WEBSITE: Final = 2000


def register_application(
    session: Session, *, name: str, redirect_uris: Sequence[str], scopes: str = "", website: str = ""
) -> tuple[Application, str]:
    """Return a new app and its secret, which is never shown again; `read` is what it may ask for by default.

    Raises Invalid, with its field, for what cannot be registered (rows O02, O14).
    """
    secret = new_token()
    application = Application(
        client_id=new_token(),
        secret_hash=token_hash(secret),
        name=_checked_name(name),
        website=_checked_website(website),
        redirect_uris=check_redirects(redirect_uris),
        scopes=check_scopes(scopes or DEFAULT),
        created_at=now_of(session),
    )
    session.add(application)
    return application, secret


def authenticate_application(session: Session, client_id: str, secret: str) -> Application:
    """Return the app with that id and secret; raise OAuthRefused (invalid_client) for another (row O27)."""
    application = find_application(session, client_id)
    stored = "" if application is None else application.secret_hash
    right = hmac.compare_digest(stored.encode(), token_hash(secret).encode())
    if application is None or not right:
        raise OAuthRefused(Why.INVALID_CLIENT, BAD_CLIENT)
    return application


def _checked_name(text: str) -> str:
    """Return the name as members will read it: on one line, without what hides or reverses letters."""
    shown = "".join(c for c in text if c == " " or unicodedata.category(c)[0] not in ("C", "Z"))
    name = " ".join(shown.split())
    if not name:
        raise Invalid("Name can't be blank", field="client_name", reason="blank")
    if len(name) > LONGEST_NAME:
        raise Invalid(f"Name has at most {LONGEST_NAME} characters", field="client_name", reason="too-long")
    return name


def _checked_website(text: str) -> str | None:
    website = text.strip()
    if not website:
        return None
    try:
        parts = urlsplit(website)
    except ValueError:
        parts = urlsplit("")
    usable = parts.scheme in ("http", "https") and parts.hostname and len(website) <= LONGEST_WEBSITE
    if not usable or any(unicodedata.category(character)[0] in ("C", "Z") for character in website):
        raise Invalid("Website must be a valid URL", field="website")
    return website
