"""/admin/campaigns/{slug}/clap: the moment of the boost, set while the call is a draft, and withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.union.campaigns.counts.queries import list_counts
from fediunion.union.campaigns.models import CallState, CampaignCall, CountKind
from fediunion.union.campaigns.pages.officers.acting import CAMPAIGNS, done, own_call, path_of
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.union.campaigns.thunderclap.models import ThunderclapState
from fediunion.union.campaigns.thunderclap.service import (
    remove_thunderclap,
    set_thunderclap,
    withdraw_thunderclap,
)
from fediunion.union.campaigns.thunderclap.standing import ThunderclapView, view_of
from fediunion.union.campaigns.thunderclap.terms import USUAL_WINDOW, ThunderclapTerms
from fediunion.web.forms import Form
from fediunion.web.pages.admin.acting import read_as
from fediunion.web.render import page
from fediunion.web.routes import Who, sent, shown
from fediunion.web.visits import Visit

_PATH: Final = f"{CAMPAIGNS}/{{slug}}/clap"
_SET: Final = Sentence("The moment is set.")
_REMOVED: Final = Sentence("The moment is taken out of the draft.")
_WITHDRAWN: Final = Sentence("Nothing will be posted, and all pledges are deleted.")
_FIELD_OF: Final = {"releaseAt": "day", "windowSeconds": "window"}
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class _Stand:
    call: CampaignCall
    clap: ThunderclapView | None
    by_union: Mapping[str, int]


async def show_thunderclap(visit: Visit) -> Response:
    """GET …/clap: the form while the call is a draft; later how it stands, in numbers and without names."""
    return await _page(visit)


async def take_thunderclap(visit: Visit, form: Form) -> Response:
    """POST …/clap: sets it, takes it out of a draft, or withdraws it from an open call."""
    act = form.get("act", "set")

    def work(session: Session, officer: Officer) -> None:
        call = own_call(session, visit)
        if act == "remove":
            remove_thunderclap(session, call, by=officer.handle)
        elif act == "withdraw":
            withdraw_thunderclap(session, call, by=officer.handle)
        else:
            set_thunderclap(session, call, _terms(form), by=officer.handle)

    async def again(problems: Mapping[str, str], status: int) -> Response:
        named = {_FIELD_OF.get(field, field): problem for field, problem in problems.items()}
        return await _page(visit, named, status, typed=form)

    told = {"remove": _REMOVED, "withdraw": _WITHDRAWN}.get(act, _SET)
    return await done(visit, work, told, back=path_of(visit, "/clap"), again=again)


def _terms(form: Form) -> ThunderclapTerms:
    """Return what was typed. Raises Invalid with its field."""
    rows = zip(form.every("language[]"), form.every("message[]"), strict=False)
    try:
        at = datetime.fromisoformat(f"{form.get('day', '')}T{form.get('time', '') or '12:00'}")
    except ValueError:
        raise Invalid(Sentence("A thunderclap needs its moment, with date and time."), field="day") from None
    return ThunderclapTerms(
        message={tag.strip() or "en": text.strip() for tag, text in rows if text.strip()},
        threshold=_number(form, "threshold"),
        release_at=at.replace(tzinfo=UTC),
        window_seconds=_number(form, "window"),
    )


def _number(form: Form, name: str) -> int:
    text = form.get(name, "").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Invalid(Sentence("Write a number."), field=name)
    return int(text)


async def _page(
    visit: Visit, problems: Mapping[str, str] = _NONE, status: int = 200, *, typed: Form | None = None
) -> Response:
    stand = await read_as(visit, Role.ADMIN, lambda session, _: _load(session, visit))
    cells, messages = _begin(stand) if typed is None else (typed, _messages(typed))
    return page(
        visit,
        "campaigns/officers/thunderclap.html",
        status=status,
        active="campaigns-admin",
        it=ShownCall(call=stand.call),
        clap=stand.clap,
        by_union=stand.by_union,
        is_draft=stand.call.state == CallState.DRAFT,
        can_withdraw=stand.clap is not None and stand.clap.state is ThunderclapState.COLLECTING,
        cells=cells,
        messages=[*messages, ("", "")],
        own_path=path_of(visit),
        problems=problems,
    )


def _messages(form: Form) -> list[tuple[str, str]]:
    rows = zip(form.every("language[]"), form.every("message[]"), strict=False)
    return [(tag, text) for tag, text in rows if text.strip()]


def _begin(stand: _Stand) -> tuple[Mapping[str, str], Sequence[tuple[str, str]]]:
    if stand.clap is None:
        return {"window": str(USUAL_WINDOW)}, ()
    terms = stand.clap.terms
    at = terms.release_at.astimezone(UTC)
    cells = {
        "day": f"{at:%Y-%m-%d}",
        "time": f"{at:%H:%M}",
        "threshold": str(terms.threshold),
        "window": str(terms.window_seconds),
    }
    return cells, list(terms.message.items())


def _load(session: Session, visit: Visit) -> _Stand:
    call = own_call(session, visit)
    told = {each.host: each.number for each in list_counts(session, call, CountKind.PLEDGES)}
    return _Stand(call, view_of(session, call), told)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(_PATH, show_thunderclap, to=Who.ADMIN),
    sent(_PATH, take_thunderclap, to=Who.ADMIN),
)
