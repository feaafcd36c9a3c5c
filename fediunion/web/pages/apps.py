"""/settings/apps: what a member let in, and ending it."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.oauth.queries import AuthorisedApp, list_authorised_apps
from fediunion.oauth.scopes import scope_sentences
from fediunion.oauth.service.revocation import revoke_application, revoke_member_token
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/settings/apps"
_ENDED: Final = Sentence("The app can do nothing any more, and what it had open is closed.")


async def show_apps(visit: Visit) -> Response:
    """GET /settings/apps: the apps that may act for who is signed in."""
    apps = await visit.world.db.read(list_authorised_apps, visit.member.member_id)
    return page(visit, "account/apps.html", active="settings", apps=[_shown(app) for app in apps])


async def end_app(visit: Visit, form: Form) -> Response:
    """POST /settings/apps/{kind}/{id}/end: ends all tokens of an app, or a token without one.

    Whoever's they are not, nothing happens. Streams of the app end too.
    """
    del form
    number, kind = id_in_path(visit), visit.request.path_params["kind"]
    ends = {"app": revoke_application, "token": revoke_member_token}.get(kind)
    if ends is None:
        raise NotFound("There is no such app.")
    await visit.world.db.write(ends, visit.member.member_id, number)
    return see_other(visit, PATH, _ENDED)


def _shown(app: AuthorisedApp) -> dict[str, object]:
    kind, number = ("token", app.token_id) if app.application_id is None else ("app", app.application_id)
    return {
        "name": app.name,
        "website": urlsplit(app.website or "").netloc,
        "sentences": scope_sentences(app.scopes),
        "scopes": " ".join(app.scopes),
        "since": app.since,
        "last_used": app.last_used_at,
        "action": f"{PATH}/{kind}/{number}/end",
    }


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_apps, to=Who.MEMBER),
    sent(f"{PATH}/{{kind}}/{{id:int}}/end", end_app, to=Who.MEMBER),
)
