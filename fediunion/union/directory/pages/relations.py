"""/admin/unions: relations with other unions, what they let whom share, and how each peer fares."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.config import FederationMode
from fediunion.kit.clock import parse_instant
from fediunion.kit.errors import FediUnionError, Invalid, NotAllowed
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.union.affiliation.documents import MOST_LABEL_CHARACTERS
from fediunion.union.affiliation.graph import DEFAULTS
from fediunion.union.affiliation.models import Affiliation, AffiliationKind, AffiliationStatus, Side, Trust
from fediunion.union.affiliation.proposing import find_union, propose
from fediunion.union.affiliation.service import offers
from fediunion.union.affiliation.service.parts import suspended_by
from fediunion.union.affiliation.service.trust import decide_trust
from fediunion.union.directory.peers import (
    Peer,
    default_trust,
    foresee,
    get_peer,
    get_relation,
    peers_of,
    relations_of,
)
from fediunion.union.directory.wording import KINDS, STATES, TRUSTS
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.servers import HEALTH
from fediunion.web.pages.admin.words import reason_in_words
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/unions"
OWN: Final = "own"
_NO_UNION: Final = Sentence("No union answers at this address.")
_PROPOSED: Final = {
    AffiliationStatus.OFFERED: Sentence(
        "The relation is offered. It is in force once the other union accepts it."
    ),
    AffiliationStatus.ACTIVE: Sentence("The other union had offered this already: it is in force now."),
}
_TRUSTED: Final = Sentence("What this server may share is decided.")
_ACCEPTED: Final = Sentence("The relation is in force.")
_REJECTED: Final = Sentence("The offer is refused, and the other union is told.")
_RESUMED: Final = Sentence("Our suspension is taken back.")
_SUSPENDED: Final = Sentence("The relation is suspended, and the other union is told.")
_ENDED: Final = Sentence("The relation has ended, and the other union is told.")

_Act = Callable[..., None]
Word = TypeVar("Word", bound=StrEnum)


async def show_relations(visit: Visit) -> Response:
    """GET /admin/unions: offers that wait, relations, a form for another one, and all peers."""
    return await _relations(visit)


async def offer(visit: Visit, form: Form) -> Response:
    """POST /admin/unions: offers a relation, or accepts the same where the other union has offered it."""
    try:
        kind, side = _word(AffiliationKind, form, "kind"), _word(Side, form, "side")
        label, since = form.get("label", ""), _day(form.get("since", ""))
        try:
            peer = await find_union(visit.world, form.get("host", ""))
        except Invalid:
            raise
        except FediUnionError as error:
            raise Invalid(_NO_UNION, field="host") from error

        def work(session: Session, officer: Officer) -> str:
            row = propose(session, peer.id, kind, side, by=officer.handle, label=label, since=since)
            return row.status

        status = await write_as(visit, Role.ADMIN, work)
    except (Invalid, NotAllowed) as error:
        field = getattr(error, "field", None) or "host"
        problems = {"host" if field == "domain" else field: sentence_of(error)}
        return await _relations(visit, form, problems)
    return see_other(visit, PATH, _PROPOSED[AffiliationStatus(status)])


async def accept(visit: Visit, form: Form) -> Response:
    """POST /admin/unions/relations/{id}/accept: puts in force what they offer."""
    return await _decide(visit, offers.accept_offer, _ACCEPTED)


async def reject(visit: Visit, form: Form) -> Response:
    """POST /admin/unions/relations/{id}/reject: refuses what they offer."""
    return await _decide(visit, offers.reject_offer, _REJECTED)


async def resume(visit: Visit, form: Form) -> Response:
    """POST /admin/unions/relations/{id}/resume: takes our suspension back."""
    return await _decide(visit, offers.resume_affiliation, _RESUMED)


async def ask_suspend(visit: Visit) -> Response:
    """GET /admin/unions/relations/{id}/suspend: what that would cut."""
    return await _ask(visit, "suspend")


async def suspend(visit: Visit, form: Form) -> Response:
    """POST /admin/unions/relations/{id}/suspend: suspends it."""
    if elsewhere := require_step_up(visit, back=f"{PATH}/relations/{id_in_path(visit)}/suspend"):
        return elsewhere
    return await _decide(visit, offers.suspend_affiliation, _SUSPENDED)


async def ask_end(visit: Visit) -> Response:
    """GET /admin/unions/relations/{id}/end: what that would cut."""
    return await _ask(visit, "end")


async def end(visit: Visit, form: Form) -> Response:
    """POST /admin/unions/relations/{id}/end: ends it, or takes our offer back."""
    if elsewhere := require_step_up(visit, back=f"{PATH}/relations/{id_in_path(visit)}/end"):
        return elsewhere
    return await _decide(visit, offers.end_affiliation, _ENDED)


async def show_peer(visit: Visit) -> Response:
    """GET /admin/unions/peers/{host}: one peer, with what may be decided about it."""
    host = str(visit.request.path_params["host"])
    peer = await read_as(visit, Role.ADMIN, lambda session, _: get_peer(session, host))
    return page(
        visit,
        "directory/peer.html",
        active="unions-admin",
        peer=peer,
        default=default_trust(peer),
        health=_health(peer),
        kinds=KINDS,
        states=STATES,
        trusts=TRUSTS,
        suspended_by_us=[each.row.id for each in peer.relations if _we_suspend(each.row)],
    )


async def trust(visit: Visit, form: Form) -> Response:
    """POST /admin/unions/peers/{host}: decides what it may share, or leaves that to its relations."""
    host = str(visit.request.path_params["host"])
    chosen = [Trust(word) for word in form.every("trust[]") if word in tuple(Trust)]
    decided = chosen if form.get("by", "") == OWN else None

    def work(session: Session, officer: Officer) -> None:
        get_peer(session, host)
        decide_trust(session, host, decided, by=officer.handle)

    await write_as(visit, Role.ADMIN, work)
    return see_other(visit, f"{PATH}/peers/{host}", _TRUSTED)


async def _relations(
    visit: Visit,
    typed: Mapping[str, str] = MappingProxyType({}),
    problems: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    def load(session: Session, _officer: Officer) -> dict[str, Any]:
        relations = relations_of(session)
        return {
            "offers": [(each, foresee(session, each.row)) for each in relations if each.waits_for_us],
            "relations": [each for each in relations if not each.waits_for_us],
            "peers": [(peer, _health(peer)) for peer in peers_of(session)],
        }

    found = await read_as(visit, Role.ADMIN, load)
    return page(
        visit,
        "directory/relations.html",
        status=422 if problems else 200,
        active="unions-admin",
        kinds=KINDS,
        states=STATES,
        trusts=TRUSTS,
        defaults=DEFAULTS,
        most_label=MOST_LABEL_CHARACTERS,
        federates=visit.settings.federation.mode is not FederationMode.OFF,
        typed=typed,
        problems=problems,
        **found,
    )


async def _ask(visit: Visit, act: str) -> Response:
    number = id_in_path(visit)
    if elsewhere := require_step_up(visit, back=f"{PATH}/relations/{number}/{act}"):
        return elsewhere

    def load(session: Session, _officer: Officer) -> dict[str, Any]:
        relation = get_relation(session, number)
        return {"relation": relation, "lost": foresee(session, relation.row)}

    found = await read_as(visit, Role.ADMIN, load)
    return page(
        visit, "directory/cutting.html", active="unions-admin", act=act, kinds=KINDS, trusts=TRUSTS, **found
    )


async def _decide(visit: Visit, act: _Act, done: Sentence) -> Response:
    number = id_in_path(visit)

    def work(session: Session, officer: Officer) -> None:
        act(session, get_relation(session, number).row, by=officer.handle)

    try:
        await write_as(visit, Role.ADMIN, work)
    except (Invalid, NotAllowed) as error:
        return await _relations(visit, problems={"": sentence_of(error)})
    return see_other(visit, PATH, done)


def _health(peer: Peer) -> tuple[tuple[Sentence, str, str] | None, datetime | None, str]:
    """Return how a peer's server fares in words, when it answered last, and what went wrong since."""
    if not peer.health:
        return None, None, ""
    state = str(peer.health["state"])
    why = reason_in_words(str(peer.health["last_error"] or "")) if state != "ok" else ""
    return HEALTH[state], parse_instant(str(peer.health["last_success_at"] or "")), why


def _we_suspend(row: Affiliation) -> bool:
    return suspended_by(row, Side(str(row.our_side)))


def _word(words: type[Word], form: Form, field: str) -> Word:
    try:
        return words(form.get(field, ""))
    except ValueError as error:
        raise Invalid(Sentence("Choose one of these."), field=field) from error


def _day(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid(Sentence("This is no day."), field="since") from error


ROUTES: Final[tuple[BaseRoute, ...]] = (
    shown(PATH, show_relations, to=Who.ADMIN),
    sent(PATH, offer, to=Who.ADMIN),
    sent(f"{PATH}/relations/{{id:int}}/accept", accept, to=Who.ADMIN),
    sent(f"{PATH}/relations/{{id:int}}/reject", reject, to=Who.ADMIN),
    sent(f"{PATH}/relations/{{id:int}}/resume", resume, to=Who.ADMIN),
    shown(f"{PATH}/relations/{{id:int}}/suspend", ask_suspend, to=Who.ADMIN),
    sent(f"{PATH}/relations/{{id:int}}/suspend", suspend, to=Who.ADMIN),
    shown(f"{PATH}/relations/{{id:int}}/end", ask_end, to=Who.ADMIN),
    sent(f"{PATH}/relations/{{id:int}}/end", end, to=Who.ADMIN),
    shown(f"{PATH}/peers/{{host}}", show_peer, to=Who.ADMIN),
    sent(f"{PATH}/peers/{{host}}", trust, to=Who.ADMIN),
)
