"""Where the mail leads that confirms an address: looking confirms nothing, as programs look at links too."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.models import MemberState
from fediunion.members.sign_ups import confirm_email
from fediunion.web.forms import Form
from fediunion.web.render import page
from fediunion.web.routes import Who, sent, shown
from fediunion.web.visits import Visit

_LONGEST: Final = 200
# What stands in the address must not be told to the next page, or be kept on a shared machine.
_HEADERS: Final = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "referrer-policy": "no-referrer",
}
_WAITS: Final = Sentence("Your address is confirmed. Somebody of the union now decides about your account.")
_DONE: Final = Sentence("Your address is confirmed. You can sign in.")
_OLD: Final = Sentence("This link was used, or is too old. Ask the app for another mail.")


async def show_confirmation(visit: Visit) -> Response:
    """GET /confirm-email?token=…: asks whether to confirm."""
    return _page(visit, confirmation=visit.request.query_params.get("token", "")[:_LONGEST])


async def submit_confirmation(visit: Visit, form: Form) -> Response:
    """POST /confirm-email: takes the address as confirmed, or says that the link is over."""
    try:
        member = await visit.world.db.write(confirm_email, form.get("token", "")[:_LONGEST])
    except NotFound:
        return _page(visit, sentence=_OLD, status=422)
    return _page(visit, sentence=_WAITS if member.state == MemberState.PENDING else _DONE)


def _page(visit: Visit, *, confirmation: str = "", sentence: str = "", status: int = 200) -> Response:
    response = page(
        visit, "account/confirmation.html", status=status, confirmation=confirmation, sentence=sentence
    )
    response.headers.update(_HEADERS)
    return response


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/confirm-email", show_confirmation, to=Who.ANYBODY),
    sent("/confirm-email", submit_confirmation, to=Who.ANYBODY),
)
