"""/admin/appearance: the colour and the logo of the union; /appearance.css: the style sheet that has them."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.queries import instance_actor
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.media.uploads import store_picture
from fediunion.social.moderation.officers import Officer
from fediunion.social.site.models import Appearance
from fediunion.social.site.queries import find_appearance
from fediunion.social.site.service import choose_brand, choose_logo
from fediunion.web.forms import Form
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, sent_with_files, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/appearance"
STYLE: Final = "/appearance.css"
UPLOAD: Final = "/uploads/admin/logo"
# A change is seen everywhere after five minutes; the sheet is asked for with every page.
_KEPT: Final = "public, max-age=300"
_SAVED: Final = Sentence("It is saved; browsers show it within five minutes.")


async def show_style(visit: Visit) -> Response:
    """GET /appearance.css: what differs from the style that every instance has; empty while nothing does."""
    row = await visit.world.db.read(find_appearance)
    return Response(style_of(row), media_type="text/css", headers={"cache-control": _KEPT})


def style_of(row: Appearance | None) -> str:
    """Return the style sheet: the colour in the light theme only, the logo instead of the mark."""
    if row is None:
        return ""
    brand = f':root:not([data-theme="dark"]) {{ --brand: {row.brand}; }}' if row.brand else ""
    light = f"@media not (prefers-color-scheme: dark) {{ {brand} }}\n" if brand else ""
    if not row.logo_url:
        return light
    path = urlsplit(row.logo_url).path
    return (
        f"{light}.brand .i {{ display: none; }}\n"
        f'.brand::before {{ content: ""; inline-size: 1.9rem; block-size: 1.9rem; flex: none;'
        f' background: url("{path}") center / contain no-repeat; }}\n'
    )


async def show_appearance(visit: Visit) -> Response:
    """GET /admin/appearance: the forms for the colour and the logo."""
    return await _appearance(visit)


async def save_brand(visit: Visit, form: Form) -> Response:
    """POST /admin/appearance: chooses the colour; one that is too light on white is refused."""
    brand = form.get("brand", "")
    try:
        await write_as(
            visit, Role.ADMIN, lambda session, officer: choose_brand(session, brand, by=officer.handle)
        )
    except Invalid as error:
        return await _appearance(visit, brand, {"brand": sentence_of(error)})
    return see_other(visit, PATH, _SAVED)


async def save_logo(visit: Visit, form: Form) -> Response:
    """POST /uploads/admin/logo: a picture that is written anew before it is stored."""
    files, most = form.files("logo"), visit.settings.media.image_max_bytes
    try:
        if not files or not 0 < files[0].size <= most:
            raise Invalid(Sentence("A picture of at most %(most)s bytes is needed.", most=most))
        owner = await read_as(visit, Role.ADMIN, lambda session, _: instance_actor(session))
        file_id = await store_picture(visit.world, owner.id, files[0].path, "avatar")

        def work(session: Session, officer: Officer) -> None:
            choose_logo(session, file_id, by=officer.handle)

        await write_as(visit, Role.ADMIN, work)
    except Invalid as error:
        return await _appearance(visit, None, {"logo": sentence_of(error)})
    return see_other(visit, PATH, _SAVED)


async def remove_logo(visit: Visit, form: Form) -> Response:
    """POST /admin/appearance/no-logo: back to the mark that every instance has."""
    del form
    await write_as(visit, Role.ADMIN, lambda session, officer: choose_logo(session, None, by=officer.handle))
    return see_other(visit, PATH, _SAVED)


async def _appearance(
    visit: Visit, typed: str | None = None, problems: dict[str, str] | None = None
) -> Response:
    row = await read_as(visit, Role.ADMIN, lambda session, _: find_appearance(session))
    chosen = "" if row is None else row.brand
    return page(
        visit,
        "admin/appearance.html",
        status=422 if problems else 200,
        active="appearance",
        colour=chosen if typed is None else typed,
        logo="" if row is None or not row.logo_url else row.logo_url,
        upload=UPLOAD,
        problems=problems or {},
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(STYLE, show_style, to=Who.ANYBODY),
    shown(PATH, show_appearance, to=Who.ADMIN),
    sent(PATH, save_brand, to=Who.ADMIN),
    sent(f"{PATH}/no-logo", remove_logo, to=Who.ADMIN),
    sent_with_files(UPLOAD, save_logo, to=Who.ADMIN),
)
