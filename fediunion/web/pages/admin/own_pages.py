"""/pages: the union's own pages, for everybody; /admin/pages: writing them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.social.site.queries import get_own_page, list_own_pages
from fediunion.social.site.service import LONGEST_TEXT, page_content, put_own_page, remove_own_page
from fediunion.web.forms import Form
from fediunion.web.markup import already_clean
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/pages"
ADMIN: Final = "/admin/pages"
_PUBLISHED: Final = Sentence("The page is there for everybody.")
_REMOVED: Final = Sentence("The page is gone.")


async def show_list(visit: Visit) -> Response:
    """GET /pages: the titles of the union's own pages."""
    rows = await visit.world.db.read(list_own_pages)
    return page(visit, "admin/page_list.html", active="own-pages", rows=rows)


async def show_page(visit: Visit) -> Response:
    """GET /pages/{slug}: one page."""
    row = await visit.world.db.read(get_own_page, visit.request.path_params["slug"])
    content = already_clean(row.content)
    return page(visit, "admin/page.html", active="own-pages", row=row, content=content)


async def show_editor(visit: Visit) -> Response:
    """GET /admin/pages?page=…: all pages, and the form with one of them, or an empty one."""
    slug = visit.request.query_params.get("page", "")
    if not slug:
        return await _editor(visit, {})
    row = await read_as(visit, Role.ADMIN, lambda session, _: get_own_page(session, slug))
    return await _editor(visit, {"slug": row.slug, "title": row.title, "source": row.source})


async def save(visit: Visit, form: Form) -> Response:
    """POST /admin/pages: shows a preview (`preview`), or publishes."""
    slug, title, source = form.get("slug", ""), form.get("title", ""), form.get("source", "")
    if "preview" in form:
        return await _editor(visit, form, preview=page_content(source[:LONGEST_TEXT]))

    def work(session: Session, officer: Officer) -> str:
        return put_own_page(session, slug, title, source, by=officer.handle).slug

    try:
        name = await write_as(visit, Role.ADMIN, work)
    except Invalid as error:
        return await _editor(visit, form, {error.field: sentence_of(error)})
    return see_other(visit, f"{ADMIN}?page={name}", _PUBLISHED)


async def remove(visit: Visit, form: Form) -> Response:
    """POST /admin/pages/remove: removes a page."""

    def work(session: Session, officer: Officer) -> None:
        remove_own_page(session, form.get("slug", ""), by=officer.handle)

    await write_as(visit, Role.ADMIN, work)
    return see_other(visit, ADMIN, _REMOVED)


async def _editor(
    visit: Visit, typed: dict[str, str], problems: dict[str, str] | None = None, preview: str = ""
) -> Response:
    return page(
        visit,
        "admin/page_editor.html",
        status=422 if problems else 200,
        active="pages",
        rows=await read_as(visit, Role.ADMIN, lambda session, _: list_own_pages(session)),
        typed=typed,
        problems=problems or {},
        preview=already_clean(preview),
        most=LONGEST_TEXT,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_list, to=Who.ANYBODY),
    shown(f"{PATH}/{{slug}}", show_page, to=Who.ANYBODY),
    shown(ADMIN, show_editor, to=Who.ADMIN),
    sent(ADMIN, save, to=Who.ADMIN),
    sent(f"{ADMIN}/remove", remove, to=Who.ADMIN),
)
