"""Where the mail leads that confirms an address: looking confirms nothing, as programs look at links too."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.models import MemberState
from fediunion.members.sign_ups import confirm_email
from fediunion.web.forms import Form, sign_in_path
from fediunion.web.links import LONGEST_TOKEN, link_page, token_of
from fediunion.web.pages.welcome import PATH as FIRST_STEPS
from fediunion.web.routes import Who, sent, shown
from fediunion.web.visits import Visit

_TEMPLATE: Final = "account/confirmation.html"
_WAITS: Final = Sentence("Your address is confirmed. Somebody of the union now decides about your account.")
_DONE: Final = Sentence("Your address is confirmed. You can sign in.")
_OLD: Final = Sentence("This link was used, or is too old.")


async def show_confirmation(visit: Visit) -> Response:
    """GET /confirm-email?token=…: asks whether to confirm."""
    return _page(visit, confirmation=token_of(visit))


async def submit_confirmation(visit: Visit, form: Form) -> Response:
    """POST /confirm-email: takes the address as confirmed, or says that the link is over."""
    try:
        member = await visit.world.db.write(confirm_email, form.get("token", "")[:LONGEST_TOKEN])
    except NotFound:
        return _page(visit, sentence=_OLD, over=True, status=422)
    if member.state == MemberState.PENDING:
        return _page(visit, sentence=_WAITS)
    return _page(visit, sentence=_DONE, sign_in=sign_in_path(FIRST_STEPS))


def _page(
    visit: Visit,
    *,
    confirmation: str = "",
    sentence: str = "",
    sign_in: str = "",
    over: bool = False,
    status: int = 200,
) -> Response:
    values = {"confirmation": confirmation, "sentence": sentence, "sign_in": sign_in, "over": over}
    return link_page(visit, _TEMPLATE, status=status, **values)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/confirm-email", show_confirmation, to=Who.ANYBODY),
    sent("/confirm-email", submit_confirmation, to=Who.ANYBODY),
)
