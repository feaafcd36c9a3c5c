"""Apps: registering one, and asking which one a token belongs to.

Source: https://docs.joinmastodon.org/methods/apps/
"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import Answer, Call, Endpoint, Json
from fediunion.api.mastodon.entities.application import (
    application_entity,
    credential_application_entity,
    tool_entity,
)
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.params import Params
from fediunion.kit.errors import Invalid
from fediunion.members.attempts import Allowance, address_bucket, count_attempts
from fediunion.oauth.queries import get_application
from fediunion.oauth.redirects import LONGEST_REDIRECT, MOST_REDIRECTS
from fediunion.oauth.scopes import LONGEST_SCOPES
from fediunion.oauth.service.applications import LONGEST_NAME, LONGEST_WEBSITE, register_application
from fediunion.social.push.vapid import vapid_of

_LONGEST_LIST: Final = MOST_REDIRECTS * (LONGEST_REDIRECT + 1)
_AN_HOUR: Final = 3600


async def create_app(call: Call) -> Answer:
    """Register an app; anybody may, a bounded number of times in an hour (row O28)."""
    params = call.params
    name = params.text("client_name", most=LONGEST_NAME)
    redirect_uris = _redirect_uris(params)
    scopes = _scopes(params)
    website = params.text("website", most=LONGEST_WEBSITE)
    most = call.world.settings.limits.app_registrations_per_hour
    vapid_key = (await vapid_of(call.world)).public
    allowance = Allowance("register-app", address_bucket(call.address), most, _AN_HOUR)

    def unit(session: Session) -> Entity:
        count_attempts(session, [allowance])
        made = register_application(
            session, name=name, redirect_uris=redirect_uris, scopes=scopes, website=website
        )
        return credential_application_entity(*made, vapid_key)

    return Answer(await call.world.db.write(unit), headers=((b"cache-control", b"no-store"),))


def _scopes(params: Params) -> str:
    """Return the scopes: one text, or an array of them."""
    if isinstance(params.values.get("scopes"), list | dict):
        found = params.texts("scopes", most=LONGEST_SCOPES, longest=LONGEST_SCOPES)
        return Params({"scopes": " ".join(found)}).text("scopes", most=LONGEST_SCOPES)
    return params.text("scopes", most=LONGEST_SCOPES)


def _redirect_uris(params: Params) -> list[str]:
    """Return the addresses: an array, or one text with an address a line."""
    value = params.values.get("redirect_uris")
    if isinstance(value, list | dict):
        return params.texts("redirect_uris", most=MOST_REDIRECTS, longest=LONGEST_REDIRECT)
    found = params.text("redirect_uris", most=_LONGEST_LIST).split()
    if len(found) > MOST_REDIRECTS:
        raise Invalid(f"Redirect URI has at most {MOST_REDIRECTS} entries", field="redirect_uris")
    return found


async def verify_app_credentials(call: Call) -> Json:
    """Show the app that the token was given to: its own token, or one of a member."""
    caller = call.app or call.member
    application_id, vapid_key = caller.application_id, (await vapid_of(call.world)).public
    if application_id is None:
        return tool_entity(call.member.token_id, call.member.app_name, caller.scopes, vapid_key)
    return application_entity(await call.world.db.read(get_application, application_id), vapid_key)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Endpoint("POST", "/api/v1/apps", create_app, (), public=True),
    Endpoint("GET", "/api/v1/apps/verify_credentials", verify_app_credentials, (), any_token=True),
)
