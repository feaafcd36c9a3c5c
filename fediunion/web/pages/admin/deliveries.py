"""/admin/deliveries: what goes out, what waits and what was given up, with the reason; trying it again."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.domains import normalise_host
from fediunion.kit.clock import parse_instant
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.outbox.models import DeliveryState
from fediunion.outbox.queries import count_deliveries, list_deliveries
from fediunion.social.moderation import deliveries
from fediunion.social.moderation.officers import Officer
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, number_in
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.words import reason_in_words
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/deliveries"
AT_ONCE: Final = 50
STATES: Final = {
    DeliveryState.DEAD: (Sentence("Given up"), "x", "bad"),
    DeliveryState.PENDING: (Sentence("Waiting"), "clock", "late"),
    DeliveryState.HELD: (Sentence("Held: the server does not answer"), "clock", "late"),
    DeliveryState.DELIVERED: (Sentence("Delivered"), "ok", "ok"),
    DeliveryState.WITHDRAWN: (Sentence("Withdrawn"), "x", "late"),
}

_Change = Callable[..., int]


async def show_deliveries(visit: Visit) -> Response:
    """GET /admin/deliveries?state=…&host=…: those in one state, the newest first; dead letters at first."""
    given = visit.request.query_params
    state = DeliveryState(given.get("state", "dead")) if given.get("state", "dead") in STATES else None
    host, before = given.get("host", "").strip(), number_in(visit, "max_id")
    if host and "state" not in given:
        state = None

    def load(session: Session, _officer: Officer) -> tuple[list[dict[str, object]], dict[str, int]]:
        try:
            name = normalise_host(host) if host else None
        except Invalid:
            return [], count_deliveries(session)
        found = list_deliveries(session, state=state, host=name, limit=AT_ONCE, before_id=before)
        return [_shown(row) for row in found], count_deliveries(session)

    rows, counts = await read_as(visit, Role.ADMIN, load)
    older = f"?state={state or ''}&host={host}&max_id={rows[-1]['id']}" if len(rows) == AT_ONCE else ""
    return page(
        visit,
        "admin/deliveries.html",
        active="deliveries",
        rows=rows,
        counted=counts,
        states=STATES,
        state=state or "",
        host=host,
        older=older,
    )


async def change_one(visit: Visit, form: Form) -> Response:
    """POST /admin/deliveries/{id}/{retry|drop}: tries one delivery again, or gives it up."""
    del form
    number = id_in_path(visit)
    return await _done(visit, lambda session, change, by: change(session, ids=[number], by=by), PATH)


async def change_all(visit: Visit, form: Form) -> Response:
    """POST /admin/deliveries/{retry|drop}: the same with all that goes to a server and those below it."""
    host = form.get("host", "")
    try:
        name = normalise_host(host)
    except Invalid as error:
        raise NotFound(Sentence("There is no such server.")) from error
    return await _done(
        visit, lambda session, change, by: change(session, host=name, by=by), f"{PATH}?host={name}"
    )


async def _done(visit: Visit, act: Callable[[Session, _Change, str], int], then: str) -> Response:
    retries = visit.request.url.path.endswith("/retry")
    change: _Change = deliveries.retry if retries else deliveries.drop
    number = await write_as(visit, Role.ADMIN, lambda session, officer: act(session, change, officer.handle))
    if retries:
        told = Sentence.counted(
            "%(count)s delivery is tried again now.",
            "%(count)s deliveries are tried again now.",
            count=number,
        )
    else:
        told = Sentence.counted(
            "%(count)s delivery is given up.", "%(count)s deliveries are given up.", count=number
        )
    return see_other(visit, then, told)


def _shown(row: dict[str, object]) -> dict[str, object]:
    next_at = row["next_attempt_at"]
    return row | {
        "why": reason_in_words(str(row["last_error"] or "")),
        "next_at": parse_instant(str(next_at)) if next_at else None,
        "state": DeliveryState(str(row["state"])),
    }


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_deliveries, to=Who.ADMIN),
    sent(f"{PATH}/retry", change_all, to=Who.ADMIN),
    sent(f"{PATH}/drop", change_all, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/retry", change_one, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/drop", change_one, to=Who.ADMIN),
)
