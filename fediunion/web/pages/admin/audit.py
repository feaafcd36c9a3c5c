"""/admin/audit: who did what with privilege; /audit: what every member may check of it (privacy.md 3.8)."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.members.models import Role
from fediunion.social.moderation.audit import AUTOMATIC, COMMAND_LINE, AuditLine, read_audit
from fediunion.web.listing import page_of, ways_on
from fediunion.web.pages.admin.acting import read_as
from fediunion.web.pages.admin.words import ACTS, NOBODY, OPERATOR
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit


async def show_audit(visit: Visit) -> Response:
    """GET /admin/audit: the log with whom it was about and why."""
    asked = page_of(visit, 50)
    read = await read_as(visit, Role.MODERATOR, lambda session, _: read_audit(session, asked))
    ways = ways_on(visit, asked, [line.number for line in read.lines])
    lines = [_shown(line, whole=True) for line in read.lines]
    return page(visit, "admin/audit.html", active="audit", log=read, lines=lines, ways=ways)


async def show_chain(visit: Visit) -> Response:
    """GET /audit: the log without whom it was about, and what is needed to compute each hash again."""
    asked = page_of(visit, 50)
    read = await visit.world.db.read(read_audit, asked)
    ways = ways_on(visit, asked, [line.number for line in read.lines])
    lines = [_shown(line, whole=False) for line in read.lines]
    return page(visit, "admin/chain.html", active="log", log=read, lines=lines, ways=ways)


def _shown(line: AuditLine, *, whole: bool) -> dict[str, object]:
    shown_line: dict[str, object] = {
        "number": line.number,
        "at": line.at,
        "by": {COMMAND_LINE: OPERATOR, AUTOMATIC: NOBODY}.get(line.by, line.by),
        "act": ACTS.get(line.action, line.action),
        "action": line.action,
        "written_at": line.at.isoformat(),
        "content": line.content,
        "before": line.before,
        "hash": line.hash,
        "fits": line.fits,
    }
    if whole:
        shown_line |= {"subject": line.entry.subject, "reason": line.entry.reason}
    return shown_line


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/admin/audit", show_audit, to=Who.MODERATOR),
    shown("/audit", show_chain, to=Who.MEMBER),
)
