"""What an app asks a member for, checked before anybody is asked; and the code that a consent gives it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.ids import new_token, token_hash
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Member, MemberState
from fediunion.oauth.models import Application, AuthorizationCode
from fediunion.oauth.queries import find_application
from fediunion.oauth.refusals import OAuthRefused, Why
from fediunion.oauth.scopes import requested_scopes

CODE_LIVES: Final = timedelta(minutes=10)
LONGEST_STATE: Final = 4096
PARAMETERS: Final = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
"""What of the request the consent form sends back."""

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that may be shown to a member. `state` is None where the app gave none."""

    application: Application
    redirect_uri: str
    scopes: str
    state: str | None
    challenge: str | None


def check_request(session: Session, given: Mapping[str, str]) -> AuthorizationRequest:
    """Return the request of an app for a code; raise OAuthRefused for one that nobody should be asked about.

    `redirect_uri` has to be one of those registered, character by character (row O01); of PKCE only S256
    counts (O05). No refusal is sent to the address: anybody may register one, and this server would lead
    there. Source: RFC 6749 section 4.1.1, RFC 7636 section 4.3, RFC 9700 section 4.11.2.
    """
    application = find_application(session, given.get("client_id", ""))
    if application is None:
        raise OAuthRefused(Why.INVALID_CLIENT, Sentence("This app is not registered here"))
    redirect_uri = given.get("redirect_uri", "")
    if redirect_uri not in application.redirect_uris:
        raise OAuthRefused(
            Why.INVALID_REQUEST, Sentence("The app wants to return to an address that it did not register")
        )
    if given.get("response_type") != "code":
        raise OAuthRefused(
            Why.UNSUPPORTED_RESPONSE_TYPE, Sentence("The app asks for something else than a code")
        )
    state = given.get("state")
    if state is not None and len(state) > LONGEST_STATE:
        raise OAuthRefused(
            Why.INVALID_REQUEST, Sentence("The state has at most %(most)s characters", most=LONGEST_STATE)
        )
    return AuthorizationRequest(
        application=application,
        redirect_uri=redirect_uri,
        scopes=requested_scopes(given.get("scope", ""), application.scopes),
        state=state,
        challenge=_challenge(given),
    )


def _challenge(given: Mapping[str, str]) -> str | None:
    challenge, method = given.get("code_challenge", ""), given.get("code_challenge_method", "")
    if not challenge and not method:
        return None
    if method != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise OAuthRefused(
            Why.INVALID_REQUEST, Sentence("The only code challenge that is taken is one by S256")
        )
    return challenge


def issue_code(session: Session, member_id: int, request: AuthorizationRequest) -> str:
    """Return a code for what a member has just agreed to: good once, for ten minutes.

    Raises OAuthRefused where the member may not act any more.
    """
    member = session.get(Member, member_id)
    if member is None or member.state != MemberState.ACTIVE:
        raise OAuthRefused(Why.ACCESS_DENIED, Sentence("This account may not be used"))
    code, now = new_token(), now_of(session)
    session.add(
        AuthorizationCode(
            code_hash=token_hash(code),
            application_id=request.application.id,
            member_id=member_id,
            redirect_uri=request.redirect_uri,
            scopes=request.scopes,
            challenge=request.challenge,
            created_at=now,
            expires_at=now + CODE_LIVES,
        )
    )
    return code
