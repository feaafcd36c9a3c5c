"""Pages that links in mails lead to: what stands in their address is told to nobody, and kept nowhere."""

from typing import Final

from starlette.responses import Response

from fediunion.web.render import page
from fediunion.web.visits import Visit

LONGEST_TOKEN: Final = 200
# No other server may learn the address from the page, nor anybody find it on a shared machine (row W14). With
# `no-referrer` browsers would hide from this server, too, where the form of the page comes from (row W04).
_HEADERS: Final = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "referrer-policy": "same-origin",
}


def link_page(visit: Visit, template: str, *, status: int = 200, **values: object) -> Response:
    """Return a page whose address is a secret, or that a form of such a page led to."""
    response = page(visit, template, status=status, active="", **values)
    response.headers.update(_HEADERS)
    return response


def token_of(visit: Visit) -> str:
    """Return the `token` in the address of such a page, "" without one."""
    return visit.request.query_params.get("token", "")[:LONGEST_TOKEN]
