"""/settings/filters: words that a member does not want to read, where, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.filters.models import FilterAction
from fediunion.social.filters.queries import FilterView, get_filter, list_filters
from fediunion.social.filters.service import (
    CONTEXTS,
    KeywordWish,
    Lasting,
    change_filter,
    create_filter,
    delete_filter,
)
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import own_actor
from fediunion.web.visits import Visit

PATH: Final = "/settings/filters"
_PLACES: Final = {
    "home": Sentence("Home and lists"),
    "notifications": Sentence("Notifications"),
    "public": Sentence("Public timelines"),
    "thread": Sentence("Conversations below a post"),
    "account": Sentence("Pages of people"),
}
_ACTIONS: Final = (
    (FilterAction.WARN, Sentence("Fold it, with the title of the filter"), ""),
    (FilterAction.HIDE, Sentence("Leave it out"), ""),
    (FilterAction.BLUR, Sentence("Cover its pictures"), ""),
)
_ENDS: Final = {
    "keep": Sentence("As it is"),
    "": Sentence("Never"),
    "1800": Sentence("In half an hour"),
    "21600": Sentence("In six hours"),
    "86400": Sentence("In a day"),
    "604800": Sentence("In a week"),
    "2592000": Sentence("In 30 days"),
}
_SAVED: Final = Sentence("The filter is saved.")
_NOWHERE: Final = Sentence("Choose where the filter is used.")
_DELETED: Final = Sentence("The filter is deleted.")


@dataclass(frozen=True)
class _Typed:
    """What stands in the form: `words` one to a line."""

    title: str = ""
    words: str = ""
    whole: bool = True
    contexts: Sequence[str] = ("home", "public")
    action: str = FilterAction.WARN
    lasts: str = ""


async def show_filters(visit: Visit) -> Response:
    """GET /settings/filters: all filters, the oldest first; expired ones say so."""
    views = await visit.world.db.read(list_filters, visit.member.actor_id)
    return page(
        visit, "filters/filters.html", active="settings", views=views, places=_PLACES, now=visit.reader.now
    )


async def show_new(visit: Visit) -> Response:
    """GET /settings/filters/new: the form for one more."""
    return _form(visit, None, _Typed())


async def show_filter(visit: Visit) -> Response:
    """GET /settings/filters/{id}: the form with a filter. Raises NotFound."""
    view = await visit.world.db.read(get_filter, visit.member.actor_id, id_in_path(visit))
    words = "\n".join(each.keyword for each in view.keywords)
    whole = all(each.whole_word for each in view.keywords)
    row = view.filter
    return _form(visit, view, _Typed(row.title, words, whole, row.contexts, row.action, "keep"))


async def make(visit: Visit, form: Form) -> Response:
    """POST /settings/filters/new: makes a filter, or shows what is wrong with it."""
    typed = _read(form)

    def unit(session: Session) -> None:
        create_filter(
            session,
            own_actor(session, visit),
            title=typed.title,
            contexts=typed.contexts,
            action=typed.action,
            lasting=_lasting(visit, typed),
            keywords=[KeywordWish(keyword=word, whole_word=typed.whole) for word in _words(typed)],
        )

    try:
        await visit.world.db.write(unit)
    except Invalid as error:
        return _form(visit, None, typed, _problems(error))
    return see_other(visit, PATH, _SAVED)


async def change(visit: Visit, form: Form) -> Response:
    """POST /settings/filters/{id}: changes a filter, or shows what is wrong. Raises NotFound."""
    typed, owner_id, number = _read(form), visit.member.actor_id, id_in_path(visit)

    def unit(session: Session) -> None:
        view, left = get_filter(session, owner_id, number), _words(typed)
        wishes = []
        for row in view.keywords:
            stays = row.keyword in left
            wishes.append(KeywordWish(id=row.id, whole_word=typed.whole, removed=not stays))
            if stays:
                left.remove(row.keyword)
        change_filter(
            session,
            own_actor(session, visit),
            number,
            title=typed.title,
            contexts=typed.contexts,
            action=typed.action,
            lasting=_lasting(visit, typed),
            keywords=[*wishes, *(KeywordWish(keyword=word, whole_word=typed.whole) for word in left)],
        )

    try:
        await visit.world.db.write(unit)
    except Invalid as error:
        view = await visit.world.db.read(get_filter, owner_id, number)
        return _form(visit, view, typed, _problems(error))
    return see_other(visit, PATH, _SAVED)


async def remove(visit: Visit, form: Form) -> Response:
    """POST /settings/filters/{id}/delete: deletes a filter. Raises NotFound."""
    del form
    await visit.world.db.write(
        lambda session: delete_filter(session, own_actor(session, visit), id_in_path(visit))
    )
    return see_other(visit, PATH, _DELETED)


def _read(form: Form) -> _Typed:
    return _Typed(
        title=form.get("title", ""),
        words=form.get("words", ""),
        whole=form.get("whole") == "1",
        contexts=form.every("context[]"),
        action=form.get("action", ""),
        lasts=form.get("lasts", ""),
    )


def _words(typed: _Typed) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in typed.words.splitlines() if line.strip()))


def _lasting(visit: Visit, typed: _Typed) -> Lasting | None:
    if typed.lasts == "keep":
        return None
    seconds = int(typed.lasts) if typed.lasts in _ENDS and typed.lasts else 0
    return Lasting(visit.reader.now + timedelta(seconds=seconds) if seconds else None)


def _problems(error: Invalid) -> dict[str, str]:
    if error.field == "context":
        return {"context": _NOWHERE}
    field = {"keyword": "words", "expires_at": "lasts"}.get(error.field, error.field)
    return {field: sentence_of(error)}


def _form(
    visit: Visit, view: FilterView | None, typed: _Typed, problems: dict[str, str] | None = None
) -> Response:
    return page(
        visit,
        "filters/filter.html",
        status=422 if problems else 200,
        active="settings",
        filter=None if view is None else view.filter,
        typed=typed,
        places=[(context, _PLACES[context]) for context in CONTEXTS],
        actions=_ACTIONS,
        ends=[(value, label) for value, label in _ENDS.items() if view is not None or value != "keep"],
        problems=problems or {},
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_filters, to=Who.MEMBER),
    shown(f"{PATH}/new", show_new, to=Who.MEMBER),
    sent(f"{PATH}/new", make, to=Who.MEMBER),
    shown(f"{PATH}/{{id:int}}", show_filter, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}", change, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}/delete", remove, to=Who.MEMBER),
)
