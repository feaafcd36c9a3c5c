"""Where the mail leads that confirms an address: looking confirms nothing, as programs look at links too.

Who reads the mail did not need to ask for the account: so each account that was asked for with the address is
named, and the one is chosen that opens (row W25).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.names import LONGEST_NAME
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.models import MemberState
from fediunion.members.sign_ups import confirm_email
from fediunion.members.unconfirmed import MOST_NAMED, NOT_NAMED, NamedRequest, list_named
from fediunion.web.forms import Form, sign_in_path
from fediunion.web.links import LONGEST_TOKEN, link_page, token_of
from fediunion.web.pages.welcome import PATH as FIRST_STEPS
from fediunion.web.routes import Who, sent, shown
from fediunion.web.visits import Visit

_NO_PROBLEMS: Final[Mapping[str, str]] = MappingProxyType({})
_WAITS: Final = Sentence("Your address is confirmed. Somebody of the union now decides about your account.")
_DONE: Final = Sentence("Your address is confirmed. You can sign in.")
_OLD: Final = Sentence("This link was used, or is too old.")


async def show_confirmation(visit: Visit) -> Response:
    """GET /confirm-email?token=…: names the accounts that were asked for, and asks which one it was."""
    return await _asked(visit, token_of(visit))


async def submit_confirmation(visit: Visit, form: Form) -> Response:
    """POST /confirm-email: opens the account that is named, or says why not."""
    token = form.get("token", "")[:LONGEST_TOKEN]
    account = form.get("account", "").strip()[:LONGEST_NAME]
    try:
        member = await visit.world.db.write(confirm_email, token, account)
    except Invalid:
        return _page(visit, sentence=_OLD, over=True, status=422)
    except NotFound:
        return await _asked(visit, token, account, status=422)
    if member.state == MemberState.PENDING:
        return _page(visit, sentence=_WAITS)
    return _page(visit, sentence=_DONE, sign_in=sign_in_path(FIRST_STEPS))


async def _asked(visit: Visit, token: str, wrong: str = "", *, status: int = 200) -> Response:
    """Return the page of a link; `wrong` is the name of an account that it does not open."""
    try:
        named = await visit.world.db.read(list_named, token)
    except NotFound:
        return _page(visit, sentence=_OLD, over=True, status=status if status != 200 else 404)
    problems = {"account": NOT_NAMED} if wrong else {}
    return _page(visit, confirmation=token, named=named, account=wrong, problems=problems, status=status)


def _page(
    visit: Visit,
    *,
    confirmation: str = "",
    named: Sequence[NamedRequest] = (),
    account: str = "",
    problems: Mapping[str, str] = _NO_PROBLEMS,
    sentence: str = "",
    sign_in: str = "",
    over: bool = False,
    status: int = 200,
) -> Response:
    return link_page(
        visit,
        "account/confirmation.html",
        status=status,
        confirmation=confirmation,
        named=named[:MOST_NAMED],
        is_more=len(named) > MOST_NAMED,
        account=account,
        problems=problems,
        sentence=sentence,
        sign_in=sign_in,
        over=over,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/confirm-email", show_confirmation, to=Who.ANYBODY),
    sent("/confirm-email", submit_confirmation, to=Who.ANYBODY),
)
