"""/campaigns/{slug}/letters/{number}: a letter to a target, to be changed, sent, or printed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.catalogues import translated
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import Allowance, TooManyAttempts, address_bucket, count_attempts
from fediunion.union.campaigns.asks.write_to_target import WriteToTargetAsk
from fediunion.union.campaigns.letters.links import mailto_link
from fediunion.union.campaigns.letters.pdf import PrintedLetter, render_letter
from fediunion.union.campaigns.letters.service import (
    Draft,
    check_draft,
    letters_to,
    note_own_letter,
    offers_sending,
    send_letter,
    target_of,
    written_by,
)
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.pages.listing import PATH, shown_of
from fediunion.union.campaigns.pages.readers import call_in_path
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.union.campaigns.queries import lead_of
from fediunion.union.campaigns.terms.call import CallTerms, Target
from fediunion.union.campaigns.wording import page_url
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.forms import Form
from fediunion.web.functions import day, number
from fediunion.web.reading import reading
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit
from fediunion.world import World

PRINTS_IN_5_MINUTES: Final = 20
_LETTER: Final = f"{PATH}/{{slug}}/letters/{{number:int}}"
_SENT: Final = Sentence("Your letter is on its way.")
_COUNTED: Final = Sentence("Thank you. Your letter is counted.")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class _Desk:
    """What the page stands on. `written` counts letters to this target; `done`: one is this member's."""

    it: ShownCall
    target: Target
    written: int
    done: bool


async def show_letter(visit: Visit) -> Response:
    """GET …/letters/{number}?in=fr: our letter in a language, to begin with."""
    desk = await visit.world.db.read(_load, visit)
    return _page(visit, desk, begun(desk.it.terms, _asked_language(visit, desk.it.terms)))


async def take_letter(visit: Visit, form: Form) -> Response:
    """POST …/letters/{number}: opens it in one's own mail program, counts it, or sends it for a member."""
    draft = Draft(
        subject=form.get("subject", ""),
        text=form.get("letter", ""),
        name=form.get("name", ""),
        language=form.get("language", ""),
    )
    act = form.get("act", "open")
    if act == "print":
        return await _print(visit, draft)
    desk = await visit.world.db.read(_load, visit)
    try:
        checked = check_draft(draft)
        if act == "open":
            return _page(visit, desk, checked, opened=True)
        if visit.visitor is None:
            raise NotFound("There is no such page.")
        await visit.world.db.write(_keep, visit, checked, act)
    except Invalid as error:
        return _page(visit, desk, draft, problems={error.field: sentence_of(error)}, status=422)
    except NotAllowed as error:
        return _page(visit, desk, draft, problems={"": sentence_of(error)}, status=403)
    slug = visit.request.path_params["slug"]
    return see_other(visit, f"{PATH}/{slug}#email-target", _SENT if act == "send" else _COUNTED)


async def show_pdf(visit: Visit) -> Response:
    """GET …/letters/{number}/letter.pdf?in=fr: our letter, ready to be printed and signed by hand."""
    desk = await visit.world.db.read(_load, visit)
    return await _print(visit, begun(desk.it.terms, _asked_language(visit, desk.it.terms)))


def begun(terms: CallTerms, language: str) -> Draft:
    """Return the letter as a call proposes it in a language, or in another where there is none.

    Raises NotFound for a call that does not ask to write.
    """
    ask = terms.ask(WriteToTargetAsk)
    if ask is None:
        raise NotFound("There is no such page.")
    tags = (language, language.partition("-")[0], *terms.languages, *ask.template)
    chosen = next((tag for tag in tags if tag in ask.template), terms.language)
    subject = ask.subject.get(chosen) or terms.title
    return Draft(subject=subject, text=ask.template.get(chosen, ""), language=chosen)


def _asked_language(visit: Visit, terms: CallTerms) -> str:
    return visit.request.query_params.get("in", "")[:35] or visit.reader.language


def _load(session: Session, visit: Visit) -> _Desk:
    call = call_in_path(session, visit)
    place = visit.request.path_params["number"]
    target = target_of(call, place)
    it = shown_of(call, lead_of(session, call))
    begun(it.terms, "")
    done = visit.visitor is not None and place in written_by(session, call, visit.visitor.actor_id)
    return _Desk(it, target, letters_to(session, call).get(place, 0), done)


def _keep(session: Session, visit: Visit, draft: Draft, act: str) -> None:
    call, place = call_in_path(session, visit), visit.request.path_params["number"]
    if act == "send":
        link = _address(visit, call)
        send_letter(session, call, place, visit.member.actor_id, draft, page=link)
    else:
        note_own_letter(session, call, place, visit.member.actor_id)


class _Press:
    """Draws one letter at a time: each takes half a second of a processor."""

    def __init__(self, _world: World) -> None:
        self.turn = asyncio.Semaphore(1)


async def _print(visit: Visit, draft: Draft) -> Response:
    desk = await visit.world.db.read(_load, visit)
    whom = address_bucket(visit.address)
    try:
        checked = check_draft(draft)
        allowance = Allowance("letter:print", whom, PRINTS_IN_5_MINUTES, 300)
        await visit.world.db.write(count_attempts, [allowance])
    except Invalid as error:
        return _page(visit, desk, draft, problems={error.field: sentence_of(error)}, status=422)
    except TooManyAttempts as error:
        return too_often(_page(visit, desk, draft, problems={"": TOO_OFTEN}), error)
    async with visit.world.part(_Press).turn:
        drawn = await asyncio.to_thread(render_letter, _printed(visit, desk, checked))
    headers = {"content-disposition": 'inline; filename="letter.pdf"', "x-robots-tag": "noindex"}
    return Response(drawn, media_type="application/pdf", headers=headers)


def _printed(visit: Visit, desk: _Desk, draft: Draft) -> PrintedLetter:
    language, count = visit.reader.language, desk.it.call.signatures_count
    with reading(visit.reader):
        today, shown_count = day(visit.reader.now.date()).striptags(), number(count)
    signed = Sentence.counted(
        "%(shown)s person has signed this call by %(day)s.",
        "%(shown)s people have signed this call by %(day)s.",
        count=count,
        shown=shown_count,
        day=today,
    )
    return PrintedLetter(
        sender=visit.settings.instance.title,
        day=today,
        to=[line for line in (desk.target.role, desk.target.organisation) if line],
        subject=draft.subject,
        paragraphs=[part.strip() for part in draft.text.split("\n\n") if part.strip()],
        name=draft.name,
        signed=translated(signed, language),
        address=_address(visit, desk.it.call),
        language=draft.language or desk.it.language,
        made_at=visit.reader.now,
    )


def _address(visit: Visit, call: CampaignCall) -> str:
    return page_url(call.slug, visit.settings.base_url)


def _page(
    visit: Visit,
    desk: _Desk,
    draft: Draft,
    *,
    opened: bool = False,
    problems: Mapping[str, str] = _NONE,
    status: int = 200,
) -> Response:
    ask = desk.it.terms.ask(WriteToTargetAsk)
    office = "" if desk.target.personal else desk.target.address
    text = f"{draft.text}\n\n{draft.name}" if draft.name else draft.text
    return page(
        visit,
        "campaigns/letter.html",
        status=status,
        active="campaigns",
        it=desk.it,
        target=desk.target,
        written=desk.written,
        wrote=desk.done,
        draft=draft,
        opened=opened,
        mailto=mailto_link(office, draft.subject, text),
        has_address=bool(office),
        by_server=visit.visitor is not None and offers_sending(visit.settings, desk.it.call, desk.target),
        tongues=list(ask.template) if ask is not None else [],
        path=visit.request.url.path,
        problems=problems,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(f"{_LETTER}/letter.pdf", show_pdf, to=Who.ANYBODY),
    shown(_LETTER, show_letter, to=Who.ANYBODY),
    sent(_LETTER, take_letter, to=Who.ANYBODY),
)
