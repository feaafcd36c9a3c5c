"""/admin/servers/import: what a list of servers would do, line by line, and doing it once confirmed."""

import hashlib
from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.server_lists import (
    ServerList,
    apply_rules,
    preview_rules,
    read_server_list,
)
from fediunion.web.forms import Form
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.servers import ACTIONS, PATH, rules_page
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent
from fediunion.web.visits import Visit

_NOTHING: Final = Sentence("No line of the list can be taken.")


async def take_list(visit: Visit, form: Form) -> Response:
    """POST /admin/servers/import: shows what a pasted list would end, and applies just what was shown."""
    text = form.get("list", "")
    try:
        found = read_server_list(text, visit.settings)
    except Invalid as error:
        return await rules_page(visit, form, {"list": sentence_of(error)})
    if form.get("confirmed") != _digest(text) or not found.rules:
        return await _preview(visit, text, found)

    def work(session: Session, officer: Officer) -> int:
        return apply_rules(session, found.rules, by=officer.handle)

    number = await write_as(visit, Role.ADMIN, work)
    told = Sentence.counted("%(count)s rule is added.", "%(count)s rules are added.", count=number)
    return see_other(visit, PATH, told)


async def _preview(visit: Visit, text: str, found: ServerList) -> Response:
    rows = await read_as(visit, Role.ADMIN, lambda session, _: preview_rules(session, found.rules))
    severed = [row.severed for row in rows if row.severed is not None]
    return page(
        visit,
        "admin/server_list.html",
        active="policy",
        rows=rows,
        refused=found.refused,
        actions=ACTIONS,
        new=sum(row.known is None for row in rows),
        followed=sum(each.followed for each in severed),
        followers=sum(each.followers for each in severed),
        text=text,
        digest=_digest(text),
        problems={} if rows else {"": _NOTHING},
        status=200 if rows else 422,
    )


def _digest(text: str) -> str:
    """Return by what a list is known again, however a browser ends its lines: applied is what was shown."""
    return hashlib.sha256("\n".join(text.splitlines()).encode("utf-8", "replace")).hexdigest()


ROUTES: Final[Sequence[BaseRoute]] = (sent(f"{PATH}/import", take_list, to=Who.ADMIN),)
