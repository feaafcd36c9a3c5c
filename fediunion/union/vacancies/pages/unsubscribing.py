"""/vacancies/unsubscribe: ends the mails about searches, without signing in, by the link that is in each."""

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.union.vacancies.saved.digests import UNSUBSCRIBE, unsealed_member
from fediunion.union.vacancies.saved.subscriptions import end_digests
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit, begin_visit


async def show_unsubscribe(visit: Visit) -> Response:
    """GET /vacancies/unsubscribe?member=…: asks; programs that look at links in mails change nothing."""
    sealed = visit.request.query_params.get("member", "")
    unsealed_member(sealed, visit.settings)
    return _page(visit, sealed, ended=False)


async def unsubscribe(request: Request) -> Response:
    """POST /vacancies/unsubscribe?member=…: ends the mails, of a mail program's own accord too.

    What is in the address proves who may: no form of ours is needed, and no cookie (RFC 8058).
    """
    visit = await begin_visit(request)
    sealed = request.query_params.get("member", "")
    await visit.world.db.write(end_digests, unsealed_member(sealed, visit.settings))
    return _page(visit, sealed, ended=True)


def _page(visit: Visit, sealed: str, *, ended: bool) -> Response:
    response = page(
        visit, "vacancies/unsubscribe.html", address=f"{UNSUBSCRIBE}?member={sealed}", ended=ended
    )
    response.headers.update({"cache-control": "no-store", "x-robots-tag": "noindex"})
    return response


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(UNSUBSCRIBE, show_unsubscribe, to=Who.ANYBODY),
    Route(UNSUBSCRIBE, unsubscribe, methods=["POST"]),
)
