"""A call on paper and on other sites: its address as a QR code, and a small page that anybody may frame."""

import asyncio
from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.pages.listing import PATH, shown_of
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.union.campaigns.queries import ANYBODY, get_shown_call, lead_of
from fediunion.union.campaigns.wording import page_url
from fediunion.web.render import fragment, page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit, begin_visit

_KEPT: Final = "public, max-age=300"
# Nothing runs in it, nothing is sent from it, and it is the one page that others may frame (row W06).
FRAMED: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors *"
    ),
    "cache-control": _KEPT,
    "vary": "Accept-Language",
    "x-robots-tag": "noindex",
}


async def show_qr(visit: Visit) -> Response:
    """GET /campaigns/{slug}/qr.svg: the address of the page as a QR code, black on white."""
    it = await visit.world.db.read(_public, visit)
    drawn = await asyncio.to_thread(_qr, page_url(it.call.slug, visit.settings.base_url))
    return Response(drawn, headers={"cache-control": _KEPT}, media_type="image/svg+xml")


async def show_embed(request: Request) -> Response:
    """GET /campaigns/{slug}/embed: title, demand, number and the way to the page, for a frame elsewhere.

    It is no `shown` page: it gives and takes no cookie, and is the same whoever looks.
    """
    visit = await begin_visit(request)
    it = await visit.world.db.read(_public, visit)
    response = fragment(
        visit,
        "campaigns/embed.html",
        it=it,
        instance=visit.settings.instance,
        reader=visit.reader,
        address=page_url(it.call.slug, visit.settings.base_url),
    )
    response.headers.update(FRAMED)
    return response


async def show_how(visit: Visit) -> Response:
    """GET /campaigns/{slug}/embed/how: what to put into one's own page, and how it looks there."""
    it = await visit.world.db.read(_public, visit)
    return page(
        visit,
        "campaigns/embed_how.html",
        active="campaigns",
        it=it,
        address=f"{page_url(it.call.slug, visit.settings.base_url)}/embed",
    )


def _public(session: Session, visit: Visit) -> ShownCall:
    """Return a call that anybody may see, whoever asks: what is printed and framed is for anybody."""
    call = get_shown_call(session, visit.request.path_params["slug"], ANYBODY)
    if call.hidden:
        raise NotFound(Sentence("There is no such call."))
    return shown_of(call, lead_of(session, call))


def _qr(address: str) -> bytes:
    import io

    import segno

    written = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        written, kind="svg", border=4, scale=8, light="#fff", dark="#000", xmldecl=False
    )
    return written.getvalue()


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(f"{PATH}/{{slug}}/qr.svg", show_qr, to=Who.ANYBODY),
    Route(f"{PATH}/{{slug}}/embed", show_embed, methods=["GET"]),
    shown(f"{PATH}/{{slug}}/embed/how", show_how, to=Who.ANYBODY),
)
