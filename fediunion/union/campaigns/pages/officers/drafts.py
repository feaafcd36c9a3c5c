"""/admin/campaigns/new and …/{slug}/edit: the form of a call, and how it would read elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_local_actor
from fediunion.db import settings_of
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.institutions.queries import KINDS
from fediunion.social.moderation.officers import Officer
from fediunion.union.affiliation.queries import our_union
from fediunion.union.campaigns.institution import CAMPAIGNS_NAME, campaign_institution
from fediunion.union.campaigns.models import CallState, CampaignCall
from fediunion.union.campaigns.pages.officers.acting import CAMPAIGNS, own_call
from fediunion.union.campaigns.pages.officers.fields import (
    FIELD_OF,
    LABELS,
    Typed,
    audience_in,
    kept_in,
    people_in,
    terms_in,
    times_in,
    typed_in,
    typed_of,
)
from fediunion.union.campaigns.pages.shown import MODES
from fediunion.union.campaigns.queries import lead_of, people_of
from fediunion.union.campaigns.service.drafting import change_call, create_draft
from fediunion.union.campaigns.terms.call import CallTerms, Channel
from fediunion.union.campaigns.terms.checking import check_terms
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap
from fediunion.union.campaigns.wording import CallView, composed_call, language_of, page_url, poll_options
from fediunion.web.forms import Form
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.previews import PostPreview, preview_by
from fediunion.web.render import fragment, page
from fediunion.web.routes import UPLOADS, Who, see_other, sent_with_files, shown
from fediunion.web.visits import Visit

_FORMS: Final = f"{UPLOADS}campaigns"
_NEW: Final = "new"
_SAVED: Final = Sentence("The draft is saved.")
_CHANGED: Final = Sentence("The call is changed, and those who have it are told.")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
CHANNELS: Final = (
    (Channel.EMAIL, Sentence("By e-mail")),
    (Channel.POST, Sentence("By post")),
    (Channel.FEDIVERSE, Sentence("In the fediverse")),
    (Channel.PUBLIC, Sentence("Only named in public")),
)


@dataclass(frozen=True)
class Preview:
    """How a call reads elsewhere; `missing` is what it lacks for that."""

    post_preview: PostPreview | None = None
    missing: Sequence[Sentence | str] = ()


async def show_new(visit: Visit) -> Response:
    """GET /admin/campaigns/new: the empty form."""
    return _form(visit, None, Typed(cells={"languages": visit.settings.instance.languages[0]}))


async def show_edit(visit: Visit) -> Response:
    """GET …/{slug}/edit: the form of a draft or an open call; what has ended has none."""
    call, typed = await read_as(visit, Role.ADMIN, lambda session, _: _begin(session, visit))
    if call.state == CallState.CLOSED:
        return see_other(visit, f"{CAMPAIGNS}/{call.slug}")
    return _form(visit, call, typed)


async def take_new(visit: Visit, form: Form) -> Response:
    """POST …/new: shows how it would read, or keeps it as a draft of the institution for campaigns."""
    typed = typed_in(form)
    if form.get("act", "preview") == "preview":
        return _form(visit, None, typed, preview=await _preview(visit, None, typed))
    try:
        terms, times = check_terms(terms_in(typed)), times_in(typed, visit.reader.now)
        actor_id = await _institution(visit)
        slug = await write_as(
            visit,
            Role.ADMIN,
            lambda session, officer: (
                create_draft(
                    session,
                    session.get_one(Actor, actor_id),
                    terms,
                    *times,
                    audience_in(typed),
                    by=officer.handle,
                    people=people_in(typed),
                ).slug
            ),
        )
    except Invalid as error:
        return _form(visit, None, typed, problems=_problems(error))
    return see_other(visit, f"{CAMPAIGNS}/{slug}", _SAVED)


async def take_edit(visit: Visit, form: Form) -> Response:
    """POST …/{slug}: shows how it would read, or keeps the change."""
    typed = typed_in(form)
    call, _ = await read_as(visit, Role.ADMIN, lambda session, _: _begin(session, visit))
    if call.state == CallState.OPEN:
        typed = kept_in(typed, call)
    if form.get("act", "preview") == "preview":
        return _form(visit, call, typed, preview=await _preview(visit, call, typed))

    def keep(session: Session, officer: Officer) -> None:
        opens, closes = times_in(typed, visit.reader.now)
        change_call(
            session,
            own_call(session, visit),
            terms_in(typed),
            by=officer.handle,
            opens_at=opens,
            closes_at=closes,
            audience=audience_in(typed),
            people=people_in(typed),
        )

    try:
        await write_as(visit, Role.ADMIN, keep)
    except Invalid as error:
        return _form(visit, call, typed, problems=_problems(error))
    except NotAllowed as error:
        return _form(visit, call, typed, problems={"": sentence_of(error)})
    return see_other(visit, f"{CAMPAIGNS}/{call.slug}", _CHANGED if call.state == CallState.OPEN else _SAVED)


async def show_preview(visit: Visit, form: Form) -> Response:
    """POST …/preview: the part of the page with the preview, for the script that asks while one types."""
    slug = visit.request.query_params.get("call", "")
    call = None
    if slug:
        visit.request.scope["path_params"]["slug"] = slug
        call, _ = await read_as(visit, Role.ADMIN, lambda session, _: _begin(session, visit))
    preview = await _preview(visit, call, typed_in(form))
    return fragment(visit, "campaigns/officers/preview.html", preview=preview)


async def _institution(visit: Visit) -> int:
    """Return the institution that puts the union's calls; the officer is looked at before it is made."""
    handle = await read_as(visit, Role.ADMIN, lambda _, officer: officer.handle)
    return await campaign_institution(visit.world, by=handle)


async def _preview(visit: Visit, call: CampaignCall | None, typed: Typed) -> Preview:
    try:
        terms = check_terms(terms_in(typed))
        times = times_in(typed, visit.reader.now)
    except Invalid as error:
        problems = _problems(error)
        return Preview(missing=[LABELS.get(name) or sentence for name, sentence in problems.items()])

    def read(session: Session, _officer: Officer) -> Preview:
        slug = call.slug if call is not None else _NEW
        stand_in = CampaignCall(
            id=0 if call is None else call.id,
            actor_id=0 if call is None else call.actor_id,
            slug=slug,
            url=page_url(slug, settings_of(session).base_url),
            state=CallState.OPEN,
            local=True,
            opens_at=times[0],
            closes_at=times[1],
            title=terms.title,
            demand=terms.demand,
            outcome_text="",
            outcome_status="",
            signatures_count=0,
            pledges_count=0,
            followers_count=0,
        )
        return Preview(post_preview_of(session, stand_in, terms))

    return await read_as(visit, Role.ADMIN, read)


def post_preview_of(session: Session, call: CampaignCall, terms: CallTerms) -> PostPreview:
    """Return the post in which a call is put, as it reads in Mastodon; it need not have been stored."""
    ours = our_union(session)
    author = _author(session, call) or ours
    view = CallView(
        call=call,
        terms=terms,
        lead=ours.uri,
        base_url=settings_of(session).base_url,
        thunderclap=find_thunderclap(session, call.id),
    )
    html = composed_call(view).html
    return preview_by(author, html, language=language_of(terms), options=poll_options(terms))


def _author(session: Session, call: CampaignCall) -> Actor | None:
    """Return who puts a call; of one that was never stored the institution that would."""
    if call.actor_id:
        return lead_of(session, call)
    named = find_local_actor(session, CAMPAIGNS_NAME)
    return named if named is not None and named.kind in KINDS else None


def _begin(session: Session, visit: Visit) -> tuple[CampaignCall, Typed]:
    call = own_call(session, visit)
    return call, typed_of(call, people_of(session, call.id))


def _problems(error: Invalid) -> dict[str, str]:
    return {FIELD_OF.get(error.field, error.field): sentence_of(error)}


def _form(
    visit: Visit,
    call: CampaignCall | None,
    typed: Typed,
    *,
    preview: Preview | None = None,
    problems: Mapping[str, str] = _NONE,
) -> Response:
    if call is not None and call.state not in (CallState.DRAFT, CallState.OPEN):
        raise NotFound(Sentence("There is no such call."))
    slug = call.slug if call is not None else _NEW
    return page(
        visit,
        "campaigns/officers/form.html",
        status=422 if problems else 200,
        active="campaigns-admin",
        call=call,
        is_open=call is not None and call.state == CallState.OPEN,
        typed=typed,
        problems=problems,
        labels={name: LABELS[name] for name in problems if name in LABELS},
        preview=preview,
        modes=[(str(mode), label) for mode, (label, _) in MODES.items()],
        channels=CHANNELS,
        action=f"{_FORMS}/{slug}",
        preview_path=f"{_FORMS}/preview" + (f"?call={slug}" if call is not None else ""),
        back=CAMPAIGNS if call is None else f"{CAMPAIGNS}/{slug}",
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(f"{CAMPAIGNS}/{_NEW}", show_new, to=Who.ADMIN),
    shown(f"{CAMPAIGNS}/{{slug}}/edit", show_edit, to=Who.ADMIN),
    sent_with_files(f"{_FORMS}/{_NEW}", take_new, to=Who.ADMIN),
    sent_with_files(f"{_FORMS}/preview", show_preview, to=Who.ADMIN),
    sent_with_files(f"{_FORMS}/{{slug}}", take_edit, to=Who.ADMIN),
)
