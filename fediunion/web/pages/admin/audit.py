"""/admin/audit: who did what with privilege; /audit: what every member may check of it."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.config import Settings
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
    lines = [_shown(line) | _about(line, visit.settings) for line in read.lines]
    return page(visit, "admin/audit.html", active="audit", log=read, lines=lines, ways=ways)


async def show_chain(visit: Visit) -> Response:
    """GET /audit: the log without whom it was about, and what is needed to compute each hash again."""
    asked = page_of(visit, 50)
    read = await visit.world.db.read(read_audit, asked)
    ways = ways_on(visit, asked, [line.number for line in read.lines])
    lines = [_shown(line) for line in read.lines]
    return page(visit, "admin/chain.html", active="log", log=read, lines=lines, ways=ways)


def _about(line: AuditLine, settings: Settings) -> dict[str, object]:
    """Return whom or what an entry is about: our accounts by their handle, a report by its page."""
    subject, reason = line.entry.subject, line.entry.reason
    is_number = subject.isdigit()
    return {
        "subject": "" if is_number else _in_words(subject, settings),
        "report": subject if is_number and line.action.startswith("report.") else "",
        "reason": _in_words(reason, settings),
    }


def _in_words(text: str, settings: Settings) -> str:
    name = text.removeprefix(f"{settings.base_url}/actors/")
    return text if name == text or "/" in name else f"@{name}@{settings.handle_domain}"


def _shown(line: AuditLine) -> dict[str, object]:
    return {
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


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/admin/audit", show_audit, to=Who.MODERATOR),
    shown("/audit", show_chain, to=Who.MEMBER),
)
