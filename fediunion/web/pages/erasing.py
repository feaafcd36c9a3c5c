"""/settings/erase and /erased: a member erases the account, and sees which servers have confirmed."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import NotAllowed
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.profiles.erasing import erase_account, get_erasure
from fediunion.web.forms import Form
from fediunion.web.links import link_page, token_of
from fediunion.web.pages.reach import known_outside
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.visitors import take_cookie
from fediunion.web.visits import Visit

PATH: Final = "/settings/erase"
RECEIPT_PATH: Final = "/erased"
_OTHER_NAME: Final = Sentence("This is not the name of your account.")


async def show_erase(visit: Visit) -> Response:
    """GET /settings/erase: what will happen, and who will be told; after a proof (W19)."""
    if elsewhere := require_step_up(visit, back=PATH):
        return elsewhere
    return await _form(visit)


async def _form(visit: Visit, typed: str = "", problem: str = "") -> Response:
    actor, hosts = await visit.world.db.read(known_outside, visit)
    return page(
        visit,
        "erasing/erase.html",
        status=422 if problem else 200,
        active="settings",
        username=actor.username,
        hosts=hosts,
        typed=typed,
        problems={"name": problem} if problem else {},
    )


async def erase(visit: Visit, form: Form) -> Response:
    """POST /settings/erase: erases the account of who typed its name, and leads to the receipt."""
    if elsewhere := require_step_up(visit, back=PATH):
        return elsewhere
    typed, own = form.get("name", "").strip(), visit.member.handle.split("@")[1]
    if typed.removeprefix("@").lower() != own.lower():
        return await _form(visit, typed, _OTHER_NAME)
    try:
        secret = await visit.world.db.write(erase_account, visit.member.member_id)
    except NotAllowed as error:
        return await _form(visit, typed, sentence_of(error))
    answer = see_other(visit, f"{RECEIPT_PATH}?{urlencode({'token': secret})}")
    take_cookie(answer, visit.settings)
    return answer


async def show_receipt(visit: Visit) -> Response:
    """GET /erased?token=…: which servers have confirmed, for who has the address. Raises NotFound."""
    erasure = await visit.world.db.read(get_erasure, token_of(visit))
    return link_page(
        visit,
        "erasing/receipt.html",
        erased_at=erasure.erased_at,
        servers=erasure.servers,
        confirmed=sum(each.confirmed for each in erasure.servers),
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_erase, to=Who.MEMBER),
    sent(PATH, erase, to=Who.MEMBER),
    shown(RECEIPT_PATH, show_receipt, to=Who.ANYBODY),
)
