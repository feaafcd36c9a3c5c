"""/admin/reports: what members and other servers complain about, one report, and what is decided."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.members.queries import find_member_of
from fediunion.social.moderation import reports
from fediunion.social.moderation.account_queries import find_moderated_among
from fediunion.social.moderation.decisions import consequences_for, decide, list_decisions
from fediunion.social.moderation.models import Measure, Report
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.queries import get_report, list_notes, list_reports
from fediunion.social.moderation.report_views import view_report
from fediunion.social.posts.models import Post
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, ways_on
from fediunion.web.markup import already_clean
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.people import MEASURES, handle_of, shown_account, standing_of
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.shown import AUDIENCES
from fediunion.web.visits import Visit

PATH: Final = "/admin/reports"
CATEGORIES: Final = {
    "spam": Sentence("Spam"),
    "legal": Sentence("Against the law"),
    "violation": Sentence("Against a rule"),
    "other": Sentence("Something else"),
}
_DONE: Final = {
    "assign": Sentence("You look into this report."),
    "unassign": Sentence("Anybody can take this report now."),
    "resolve": Sentence("The report is closed."),
    "reopen": Sentence("The report is open again."),
}
_DECIDED: Final = Sentence("It is decided, and the account was told why where it can be.")
_NOTED: Final = Sentence("The note is kept.")
_NOTHING: Final = "nothing"


async def show_reports(visit: Visit) -> Response:
    """GET /admin/reports?state=resolved: open reports, or those that were decided."""
    asked, resolved = page_of(visit), visit.request.query_params.get("state") == "resolved"

    def load(session: Session, _officer: Officer) -> list[dict[str, object]]:
        rows = list_reports(session, asked, resolved=resolved)
        named = {each for row in rows for each in (row.target_id, row.assigned_id) if each is not None}
        accounts = find_moderated_among(session, list(named))
        return [
            {
                "report": row,
                "category": CATEGORIES[row.category],
                "target": shown_account(accounts[row.target_id]),
                "assigned": handle_of(accounts[row.assigned_id].actor) if row.assigned_id else "",
            }
            for row in rows
        ]

    rows = await read_as(visit, Role.MODERATOR, load)
    ids = [row["report"].id for row in rows if isinstance(row["report"], Report)]
    return page(
        visit,
        "admin/reports.html",
        active="reports",
        rows=rows,
        resolved=resolved,
        ways=ways_on(visit, asked, ids),
    )


async def show_report(visit: Visit) -> Response:
    """GET /admin/reports/{id}: one report; that direct messages in it were read is noted in the log."""
    return await _report(visit)


async def decide_report(visit: Visit, form: Form) -> Response:
    """POST /admin/reports/{id}/decide: closes the report with `measure`, or with nothing done."""
    number, measure, reason = id_in_path(visit), form.get("measure", ""), form.get("reason", "")

    def work(session: Session, officer: Officer) -> None:
        row = get_report(session, number)
        if measure == _NOTHING:
            reports.resolve(session, row, by=officer.handle, reason=reason, moderator_id=officer.actor_id)
            return
        if measure not in tuple(Measure):
            raise Invalid(Sentence("Choose what happens."), field="measure")
        actor = get_actor(session, row.target_id)
        posts = view_report(session, row, by=officer).posts if measure == Measure.REMOVE else ()
        decide(session, actor, Measure(measure), reason, by=officer, report=row, posts=posts)

    try:
        await write_as(visit, Role.MODERATOR, work)
    except (Invalid, NotAllowed) as error:
        field = error.field if isinstance(error, Invalid) else "measure"
        return await _report(visit, form, {field: sentence_of(error)})
    return see_other(visit, f"{PATH}/{number}", _DECIDED if measure != _NOTHING else _DONE["resolve"])


async def change_report(visit: Visit, form: Form) -> Response:
    """POST /admin/reports/{id}/{act}: assign to oneself, unassign, or reopen."""
    del form
    number, act = id_in_path(visit), _ACTS[visit.request.url.path.rpartition("/")[2]]

    def work(session: Session, officer: Officer) -> None:
        act(session, get_report(session, number), officer)

    await write_as(visit, Role.MODERATOR, work)
    return see_other(visit, f"{PATH}/{number}", _DONE[visit.request.url.path.rpartition("/")[2]])


async def add_note(visit: Visit, form: Form) -> Response:
    """POST /admin/reports/{id}/notes: keeps a note for other moderators."""
    number = id_in_path(visit)

    def work(session: Session, officer: Officer) -> None:
        reports.add_note(session, get_report(session, number), form.get("note", ""), by=officer)

    try:
        await write_as(visit, Role.MODERATOR, work)
    except Invalid as error:
        return await _report(visit, form, {error.field: sentence_of(error)})
    return see_other(visit, f"{PATH}/{number}", _NOTED)


async def _report(visit: Visit, form: Form | None = None, problems: dict[str, str] | None = None) -> Response:
    number = id_in_path(visit)
    found = await write_as(visit, Role.MODERATOR, lambda session, officer: _load(session, number, officer))
    return page(
        visit,
        "admin/report.html",
        status=422 if problems else 200,
        active="reports",
        problems=problems or {},
        typed=form or {},
        **found,
    )


def _load(session: Session, number: int, officer: Officer) -> dict[str, object]:
    row = get_report(session, number)
    target = get_actor(session, row.target_id)
    named = [each for each in (row.reporter_id, row.assigned_id, row.handled_by_id) if each is not None]
    accounts = find_moderated_among(session, named)

    def handle(actor_id: int | None) -> str:
        return "" if actor_id is None else handle_of(accounts[actor_id].actor)

    seen = view_report(session, row, by=officer)
    member = find_member_of(session, target.id) if target.local else None
    return {
        "report": row,
        "category": CATEGORIES[row.category],
        "target": target,
        "target_handle": handle_of(target),
        "standing": standing_of(target, member),
        "reporter": handle(row.reporter_id),
        "assigned": handle(row.assigned_id),
        "is_mine": row.assigned_id == officer.actor_id,
        "handled_by": handle(row.handled_by_id),
        "posts": [_shown(post, seen.boosted) for post in seen.posts],
        "missing": len(row.post_uris) - len(seen.posts),
        "has_direct": seen.has_direct,
        "notes": list_notes(session, row.id),
        "handle_of": handle_of,
        "counted": consequences_for(session, target),
        "decisions": list_decisions(session, Page(limit=10), target_id=target.id),
        "measures": MEASURES,
        "is_member": member is not None,
    }


def _shown(post: Post, boosted: Mapping[int, tuple[Post, Actor]]) -> dict[str, object]:
    """Return a post, with `written_by` the words of what it boosts; those are None where that is gone."""
    words, author = (post, None) if post.boost_of_id is None else boosted.get(post.boost_of_id, (None, None))
    return {
        "content": None if words is None else already_clean(words.content),
        "written_by": handle_of(author),
        "warning": "" if words is None else words.content_warning,
        "language": "" if words is None else words.language or "",
        "at": post.published_at,
        "audience": AUDIENCES[Audience(post.audience)],
    }


def _assign(session: Session, row: Report, officer: Officer) -> None:
    reports.assign(session, row, officer.actor_id, by=officer.handle)


def _unassign(session: Session, row: Report, officer: Officer) -> None:
    reports.assign(session, row, None, by=officer.handle)


def _reopen(session: Session, row: Report, officer: Officer) -> None:
    reports.reopen(session, row, by=officer.handle)


_ACTS: Final[dict[str, Callable[[Session, Report, Officer], None]]] = {
    "assign": _assign,
    "unassign": _unassign,
    "reopen": _reopen,
}

ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_reports, to=Who.MODERATOR),
    shown(f"{PATH}/{{id:int}}", show_report, to=Who.MODERATOR),
    sent(f"{PATH}/{{id:int}}/decide", decide_report, to=Who.MODERATOR),
    sent(f"{PATH}/{{id:int}}/notes", add_note, to=Who.MODERATOR),
    *(sent(f"{PATH}/{{id:int}}/{act}", change_report, to=Who.MODERATOR) for act in _ACTS),
)
