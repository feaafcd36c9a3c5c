"""Apps as clients read them. Source: https://docs.joinmastodon.org/entities/Application/"""

from collections.abc import Iterable

from fediunion.api.mastodon.entities.frame import Entity
from fediunion.oauth.models import Application


def application_entity(application: Application, vapid_key: str) -> Entity:
    """Return an app without its credentials; `redirect_uri` is the old form, one address a line."""
    return {
        "id": str(application.id),
        "name": application.name,
        "website": application.website,
        "scopes": application.scopes.split(),
        "redirect_uri": "\n".join(application.redirect_uris),
        "redirect_uris": list(application.redirect_uris),
        "vapid_key": vapid_key,
    }


def tool_entity(token_id: int, name: str, scopes: Iterable[str], vapid_key: str) -> Entity:
    """Return what stands in an app's place for a token that was made without one, on the command line."""
    return {
        "id": str(token_id),
        "name": name,
        "website": None,
        "scopes": sorted(scopes),
        "redirect_uri": "",
        "redirect_uris": [],
        "vapid_key": vapid_key,
    }


def credential_application_entity(application: Application, secret: str, vapid_key: str) -> Entity:
    """Return an app with its credentials; 0 says that the secret has no end."""
    return {
        **application_entity(application, vapid_key),
        "client_id": application.client_id,
        "client_secret": secret,
        "client_secret_expires_at": 0,
    }
