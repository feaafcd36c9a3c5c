"""/settings/move: an account elsewhere moves here, or this one moves away; and what that reveals."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor, Reach
from fediunion.actors.remote import refresh_actor
from fediunion.kit.errors import FediUnionError, Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.follows.moves import add_alias, move_away, remove_alias
from fediunion.social.posts.resolving import find_remote_account
from fediunion.web.forms import Form
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.rows import own_actor
from fediunion.web.visits import Visit

PATH: Final = "/settings/move"
_MOST_ALIASES: Final = 20
_NOBODY: Final = Sentence("No account was found under this handle, or its server did not answer.")
_TOO_MANY: Final = Sentence("An account can name 20 others at most.")
_ADDED: Final = Sentence("Your account names the other one now. Go there and press the button for moving.")
_REMOVED: Final = Sentence("Your account names the other one no longer.")
_MOVED: Final = Sentence(
    "Your followers are told. Servers that understand it let them follow the new account."
)


async def show_move(visit: Visit) -> Response:
    """GET /settings/move: the accounts that this one names, and the forms for both ways."""
    return await _page(visit)


async def _page(visit: Visit, problems: Mapping[str, str] = MappingProxyType({}), **typed: str) -> Response:
    actor = await visit.world.db.read(own_actor, visit)
    return page(
        visit,
        "moving/moving.html",
        status=422 if problems else 200,
        active="settings",
        aliases=list(actor.also_known_as),
        moved_to=actor.moved_to_uri or "",
        is_hidden=actor.reach == Reach.HIDDEN,
        own_handle=visit.member.handle,
        alias=typed.get("alias", ""),
        target=typed.get("target", ""),
        problems=problems,
    )


async def take_alias(visit: Visit, form: Form) -> Response:
    """POST /settings/move/aliases: names an account as the member's own, so that it can move here."""
    text = form.get("alias", "").strip()[:320]
    other = await find_remote_account(visit.world, text) if text else None
    if other is None:
        return await _page(visit, {"alias": _NOBODY}, alias=text)

    def unit(session: Session) -> None:
        actor = own_actor(session, visit)
        if len(actor.also_known_as) >= _MOST_ALIASES:
            raise Invalid(_TOO_MANY, field="alias")
        add_alias(session, actor, other.uri)

    try:
        await visit.world.db.write(unit)
    except Invalid as error:
        return await _page(visit, {"alias": sentence_of(error)}, alias=text)
    return see_other(visit, PATH, _ADDED)


async def drop_alias(visit: Visit, form: Form) -> Response:
    """POST /settings/move/aliases/end: names an account no longer."""
    uri = form.get("uri", "")
    await visit.world.db.write(lambda session: remove_alias(session, own_actor(session, visit), uri))
    return see_other(visit, PATH, _REMOVED)


async def move(visit: Visit, form: Form) -> Response:
    """POST /settings/move/away: tells the followers where the member is now; after a proof (W19)."""
    if elsewhere := require_step_up(visit, back=PATH):
        return elsewhere
    text = form.get("target", "").strip()[:320]
    target = await _described_now(visit, text)
    if target is None:
        return await _page(visit, {"target": _NOBODY}, target=text)
    target_id = target.id

    def unit(session: Session) -> None:
        move_away(session, own_actor(session, visit), session.get_one(Actor, target_id))

    try:
        await visit.world.db.write(unit)
    except Invalid as error:
        return await _page(visit, {"target": sentence_of(error)}, target=text)
    return see_other(visit, PATH, _MOVED)


async def _described_now(visit: Visit, text: str) -> Actor | None:
    """Return the account that a handle names as its server describes it now: it has just named this one."""
    found = await find_remote_account(visit.world, text) if text else None
    if found is None:
        return None
    try:
        return await refresh_actor(visit.world, found.uri)
    except FediUnionError:
        return None


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_move, to=Who.MEMBER),
    sent(f"{PATH}/aliases", take_alias, to=Who.MEMBER),
    sent(f"{PATH}/aliases/end", drop_alias, to=Who.MEMBER),
    sent(f"{PATH}/away", move, to=Who.MEMBER),
)
