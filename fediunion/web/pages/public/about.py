"""What the instance says of itself: about, rules, privacy and transparency, from configuration and code."""

import contextlib
from collections.abc import Sequence
from datetime import date
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion import __version__
from fediunion.config import FederationMode, RegistrationMode
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.disclosures import (
    kept_sentences,
    leaving_sentences,
    order_sentences,
    surroundings,
)
from fediunion.web.pages.public.heads import Head
from fediunion.web.queries import list_institutions
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.views import StrangersEyes
from fediunion.web.visits import Visit

_FEDERATION: Final = {
    FederationMode.OPEN: Sentence("Talks with every server that is not blocked."),
    FederationMode.ALLOWLIST: Sentence("Talks only with servers that were allowed one by one."),
    FederationMode.OFF: Sentence("Talks with no other server."),
}
_REGISTRATION: Final = {
    RegistrationMode.OPEN: Sentence("Anybody can open an account."),
    RegistrationMode.APPROVAL: Sentence("Anybody can ask for an account; somebody of the union decides."),
    RegistrationMode.INVITE: Sentence("Accounts are opened with an invitation."),
    RegistrationMode.CLOSED: Sentence("No accounts are opened at present."),
}


async def show_about(visit: Visit) -> Response:
    """GET /about: who we are, how to reach us, who administers, what the server is."""
    institutions = await visit.world.db.read(list_institutions)
    eyes = StrangersEyes.at(visit.reader.now, visit.settings)
    return _page(
        visit,
        "about",
        Sentence("Who we are"),
        institutions=[eyes.person(each) for each in institutions],
        federation=_FEDERATION[visit.settings.federation.mode],
        registration=_REGISTRATION[visit.settings.registration.mode],
        version=__version__,
        address=visit.settings.handle_domain,
    )


async def show_rules(visit: Visit) -> Response:
    """GET /rules: what members agree to."""
    return _page(visit, "rules", Sentence("Rules"))


async def show_privacy(visit: Visit) -> Response:
    """GET /privacy: what is kept, for how long, and where it goes."""
    settings = visit.settings
    return _page(
        visit,
        "privacy",
        Sentence("Privacy"),
        kept=kept_sentences(settings),
        leaving=leaving_sentences(settings),
    )


async def show_transparency(visit: Visit) -> Response:
    """GET /transparency: other servers, requests of authorities, and what an order could obtain."""
    return _page(
        visit,
        "transparency",
        Sentence("Transparency"),
        around=await visit.world.db.read(surroundings),
        federation=_FEDERATION[visit.settings.federation.mode],
        obtainable=order_sentences(),
        counted_until=_day_in(visit.settings.transparency.authority_requests_until),
    )


def _day_in(text: str) -> date | None:
    """Return the day that a text names; None where it says something else."""
    with contextlib.suppress(ValueError):
        return date.fromisoformat(text)
    return None


def _page(visit: Visit, name: str, title: Sentence, **values: object) -> Response:
    address = f"{visit.settings.base_url}/{name}"
    return page(
        visit,
        f"public/{name}.html",
        status=200,
        active=name,
        about=Head(address=address, title=f"{title}, {visit.settings.instance.title}"),
        heading=title,
        transparency=visit.settings.transparency,
        **values,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/about", show_about, to=Who.ANYBODY),
    shown("/rules", show_rules, to=Who.ANYBODY),
    shown("/privacy", show_privacy, to=Who.ANYBODY),
    shown("/transparency", show_transparency, to=Who.ANYBODY),
)
