"""/compose, /drafts and /scheduled: writing, and what is not published yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.kit.errors import Invalid
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence, said_again, sentence_of
from fediunion.social.unpublished import service as unpublished
from fediunion.social.unpublished.models import UnpublishedPost
from fediunion.social.unpublished.queries import list_drafts, list_scheduled
from fediunion.social.unpublished.wishes import wish_in
from fediunion.web.composing.beginning import begin_compose
from fediunion.web.composing.showing import load_compose
from fediunion.web.composing.state import ComposeState, read_state
from fediunion.web.composing.taking import check_acting, keep_draft, send_post, take_files
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, ways_on
from fediunion.web.render import fragment, page
from fediunion.web.routes import Who, see_other, sent, sent_with_files, shown
from fediunion.web.shown import AUDIENCES, ShownAudience
from fediunion.web.visits import Visit

PATH: Final = "/compose"
TAKES: Final = "/uploads/post"
DRAFTS: Final = "/drafts"
SCHEDULED: Final = "/scheduled"
_DESCRIBE: Final = Sentence("Your files are here. Describe each in words, then publish.")
_DELETED: Final = Sentence("It is deleted.")
_CANCELLED: Final = Sentence("It will not be published.")
_FIELDS: Final = {
    "post": "text",
    "content_warning": "warning",
    "attachments": "files",
    "file": "files",
    "poll": "poll",
    "poll_options": "poll",
    "poll_ends_at": "poll",
    "scheduled_at": "at",
}


async def show_compose(visit: Visit) -> Response:
    """GET /compose?reply=…&quote=…&edit=…&draft=…&scheduled=…&write_as=…&text=…: the form for that."""
    state = await visit.world.db.read(begin_compose, visit, dict(visit.request.query_params))
    return await _form(visit, state)


async def show_receivers(visit: Visit) -> Response:
    """GET /compose/receivers?named=…&reply=…&audience=…&shown_as=…: who would get it, while one types."""
    given = visit.request.query_params
    asked = {name: given.get(name, "") for name in ("audience", "reply")}
    asked["write_as"] = given.get("shown_as", "")
    state = await visit.world.db.read(begin_compose, visit, asked)
    # Only who is named is sent while one types, and nothing that is written.
    audience = asked["audience"] if asked["audience"] in list(Audience) else state.audience
    state = replace(state, text=given.get("named", "")[:2000], audience=audience)
    compose = await visit.world.db.read(load_compose, visit, state)
    return fragment(visit, "compose/receivers.html", compose=compose)


async def take_post(visit: Visit, form: Form) -> Response:
    """POST /uploads/post: takes the files, then publishes, keeps, or shows the form again with everything.

    Files that just came are described first: the form comes back with a place for words beside each.
    """
    state = read_state(form)
    wish = form.get("do", "publish")
    files = [file for file in form.files("files[]") if file.size]
    try:
        if files:
            state = replace(state, files=[*state.files, *await take_files(visit, files)])
        if wish in ("draft", "publish"):
            check_acting(state, keeps=wish == "draft")
        if wish == "draft":
            return see_other(visit, DRAFTS, await keep_draft(visit, state))
        if files:
            return await _form(visit, state, {"files": _DESCRIBE})
        if wish != "publish" or "remove[]" in form:
            return await _form(visit, state, status=422)
        path, done = await send_post(visit, state)
    except Invalid as error:
        return await _form(visit, state, {_FIELDS.get(error.field, error.field): sentence_of(error)})
    return see_other(visit, path, done)


async def show_drafts(visit: Visit) -> Response:
    """GET /drafts: what is not finished."""
    return await _list(visit, DRAFTS)


async def show_scheduled(visit: Visit) -> Response:
    """GET /scheduled: what waits for its moment."""
    return await _list(visit, SCHEDULED)


async def delete_draft(visit: Visit, form: Form) -> Response:
    """POST /drafts/{id}/delete: removes a draft. Raises NotFound for another's."""
    del form
    await visit.world.db.write(_delete, visit, unpublished.delete_draft)
    return see_other(visit, DRAFTS, _DELETED)


async def cancel_scheduled(visit: Visit, form: Form) -> Response:
    """POST /scheduled/{id}/delete: does not publish it. Raises NotFound for another's."""
    del form
    await visit.world.db.write(_delete, visit, unpublished.unschedule)
    return see_other(visit, SCHEDULED, _CANCELLED)


@dataclass(frozen=True, kw_only=True)
class ShownUnpublished:
    """A draft or scheduled post in its list; `problem` says why it could not be published."""

    path: str
    delete_path: str
    text: str
    audience: ShownAudience | None
    at: datetime | None
    changed: datetime
    files: int
    problem: str


def _delete(session: Session, visit: Visit, delete: object) -> None:
    assert callable(delete)
    delete(session, session.get_one(Actor, visit.member.actor_id), id_in_path(visit))


async def _list(visit: Visit, path: str) -> Response:
    wanted = page_of(visit)

    def load(session: Session) -> Sequence[UnpublishedPost]:
        find = list_drafts if path == DRAFTS else list_scheduled
        return find(session, visit.member.actor_id, wanted)

    rows = await visit.world.db.read(load)
    return _rows_page(visit, path, rows, wanted)


def _rows_page(visit: Visit, path: str, rows: Sequence[UnpublishedPost], wanted: Page) -> Response:
    ids = [row.id for row in rows]
    return page(
        visit,
        "compose/unpublished.html",
        active=path.removeprefix("/"),
        scheduled=path == SCHEDULED,
        rows=[_shown(row, path) for row in rows],
        ways=ways_on(visit, wanted, ids),
    )


def _shown(row: UnpublishedPost, path: str) -> ShownUnpublished:
    wish = wish_in(row.wish)
    return ShownUnpublished(
        path=f"{PATH}?{path.removeprefix('/').removesuffix('s')}={row.id}",
        delete_path=f"{path}/{row.id}/delete",
        text=wish.text,
        audience=None if wish.audience is None else AUDIENCES[Audience(wish.audience)],
        at=row.publish_at,
        changed=row.updated_at,
        files=len(wish.attachment_ids),
        problem=said_again(row.problem) if row.problem else "",
    )


async def _form(
    visit: Visit, state: ComposeState, problems: Mapping[str, str] | None = None, *, status: int = 200
) -> Response:
    compose = await visit.world.db.read(load_compose, visit, state, problems or {})
    return page(
        visit, "compose/compose.html", status=422 if problems else status, active="compose", compose=compose
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_compose, to=Who.MEMBER),
    shown(f"{PATH}/receivers", show_receivers, to=Who.MEMBER),
    sent_with_files(TAKES, take_post, to=Who.MEMBER),
    shown(DRAFTS, show_drafts, to=Who.MEMBER),
    sent(f"{DRAFTS}/{{id:int}}/delete", delete_draft, to=Who.MEMBER),
    shown(SCHEDULED, show_scheduled, to=Who.MEMBER),
    sent(f"{SCHEDULED}/{{id:int}}/delete", cancel_scheduled, to=Who.MEMBER),
)
