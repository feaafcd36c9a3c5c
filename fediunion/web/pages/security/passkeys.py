"""/settings/security/passkeys: keys are added, named and removed."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.factors.enrolment import finish_passkey, remove_passkey, start_passkey
from fediunion.members.factors.passkeys import LONGEST_NAME, list_passkeys, rename_passkey
from fediunion.members.models import Member
from fediunion.members.refusals import WrongProof
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.notes import Tone
from fediunion.web.pages.security.answers import PATH, changed
from fediunion.web.pages.security.app import removal_page, removal_refused
from fediunion.web.passkeys import options_answer
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.visits import Visit

_KEYS: Final = f"{PATH}/passkeys"
_ADDED: Final = Sentence("The passkey is added: you can sign in with it, and it is a second step.")
_REMOVED: Final = Sentence("The passkey was removed.")
_NAMED: Final = Sentence("The passkey has its new name.")
_NAMELESS: Final = Sentence("A passkey needs a name, so that you know it again.")


async def show_new(visit: Visit) -> Response:
    """GET /settings/security/passkeys: what a passkey is, and the button that makes one."""
    return require_step_up(visit, back=_KEYS) or _form(visit)


async def ask(visit: Visit, form: Form) -> Response:
    """POST /settings/security/passkeys/options: with what the browser makes a passkey, as JSON."""
    del form
    return await options_answer(visit.world.db.write(start_passkey, visit.cookie), visit.reader)


async def add(visit: Visit, form: Form) -> Response:
    """POST /settings/security/passkeys: keeps the passkey that the browser made."""
    if elsewhere := require_step_up(visit, back=_KEYS):
        return elsewhere
    name = form.get("name", "")
    try:
        what = await finish_passkey(
            visit.world, cookie=visit.cookie, answer=form.get("answer", ""), name=name
        )
    except (Invalid, WrongProof) as error:
        return _form(visit, name, sentence_of(error), status=422)
    return changed(visit, what, _ADDED)


async def rename(visit: Visit, form: Form) -> Response:
    """POST /settings/security/passkeys/{id}/name: gives a passkey of the member another name."""
    number = id_in_path(visit)

    def unit(session: Session) -> None:
        member = session.get_one(Member, visit.member.member_id)
        rename_passkey(session, member, number, form.get("name", ""))

    try:
        await visit.world.db.write(unit)
    except Invalid:
        return see_other(visit, PATH, _NAMELESS, tone=Tone.NO)
    return see_other(visit, PATH, _NAMED)


async def show_removal(visit: Visit) -> Response:
    """GET /settings/security/passkeys/{id}/remove: asks for the password and a factor."""
    action = _removal(visit)
    return require_step_up(visit, back=action) or removal_page(visit, action, name=await _name(visit))


async def remove(visit: Visit, form: Form) -> Response:
    """POST /settings/security/passkeys/{id}/remove: removes a passkey of the member (row W12)."""
    action = _removal(visit)
    if elsewhere := require_step_up(visit, back=action):
        return elsewhere
    name = await _name(visit)
    try:
        what = await remove_passkey(
            visit.world,
            id_in_path(visit),
            cookie=visit.cookie,
            password=form.get("password", ""),
            address=visit.address,
            code=form.get("code", ""),
            answer=form.get("answer", ""),
        )
    except (WrongProof, TooManyAttempts) as error:
        return removal_refused(visit, action, error, name)
    return changed(visit, what, _REMOVED)


def _form(visit: Visit, name: str = "", problem: str = "", *, status: int = 200) -> Response:
    problems = {"name": problem} if problem else {}
    values = {"name": name[:LONGEST_NAME], "longest": LONGEST_NAME, "problems": problems}
    return page(visit, "security/passkey.html", status=status, active="security", **values)


def _removal(visit: Visit) -> str:
    return f"{_KEYS}/{id_in_path(visit)}/remove"


async def _name(visit: Visit) -> str:
    """Return what the member calls the passkey; raise NotFound for one that is no passkey of the member."""
    keys = await visit.world.db.read(list_passkeys, visit.member.member_id)
    found = [key.name for key in keys if key.id == id_in_path(visit)]
    if not found:
        raise NotFound("There is no such passkey.")
    return found[0]


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(_KEYS, show_new, to=Who.MEMBER),
    sent(_KEYS, add, to=Who.MEMBER),
    sent(f"{_KEYS}/options", ask, to=Who.MEMBER),
    sent(f"{_KEYS}/{{id:int}}/name", rename, to=Who.MEMBER),
    shown(f"{_KEYS}/{{id:int}}/remove", show_removal, to=Who.MEMBER),
    sent(f"{_KEYS}/{{id:int}}/remove", remove, to=Who.MEMBER),
)
