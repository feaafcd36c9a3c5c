"""The rules of reporting: by members here, and by other servers."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import has_owner, instance_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import now_of, settings_of
from fediunion.db.known_uris import find_known_uri, remember_uri
from fediunion.kit.errors import Invalid, NotFound, Refused
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import Recipients, publish
from fediunion.social.follows.documents import new_activity_uri
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.documents import flag_document
from fediunion.social.moderation.models import Report, ReportNote
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.queries import moderator_ids
from fediunion.social.notifications.models import NotificationKind
from fediunion.social.notifications.service import notify_all
from fediunion.social.posts.models import Post
from fediunion.social.posts.visibility import OPEN_AUDIENCES, get_visible_post

MAX_POSTS: Final = 50
MAX_RULES: Final = 100
MAX_COMMENT_CHARACTERS: Final = 2_000
MAX_OPEN_FROM_HOST: Final = 200
"""So many reports of one registrable domain wait at once (row F36)."""

CATEGORIES: Final = ("spam", "legal", "violation", "other")


def report(
    session: Session,
    reporter: Actor,
    target: Actor,
    *,
    post_ids: Sequence[int] = (),
    comment: str = "",
    category: str = "other",
    rule_numbers: Sequence[int] = (),
    forward: bool = False,
    forwards_comment: bool = False,
) -> Report:
    """Let our member report an account to our moderators, and with `forward` to its own server.

    What is forwarded comes from the instance and never names the reporter; the words go along only where
    the member has confirmed that with `forwards_comment`. Posts that are not for everybody are not named
    in it either: who of us could read them would show who reported (row V34).
    With rules that were broken, by their numbers from 1, it is a violation, whatever category was chosen.
    Raises NotFound for a post that the reporter may not see, or that is somebody else's; Invalid for what is
    no rule.
    """
    if target.id == reporter.id:
        raise Invalid(Sentence("Nobody can report their own account."), field="account_id")
    if len(post_ids) > MAX_POSTS:
        raise Invalid(Sentence("A report names %(most)s posts at most.", most=MAX_POSTS), field="posts")
    if len(comment) > MAX_COMMENT_CHARACTERS:
        raise Invalid(
            Sentence("A comment has %(most)s characters at most.", most=MAX_COMMENT_CHARACTERS),
            field="comment",
        )
    if category not in CATEGORIES:
        raise Invalid(Sentence("The category is spam, legal, violation or other."), field="category")
    rules = _rules(session, rule_numbers)
    viewer = Viewer(reporter.id, None, is_member=True)
    posts = [get_visible_post(session, post_id, viewer) for post_id in dict.fromkeys(post_ids)]
    if any(post.author_id != target.id for post in posts):
        raise NotFound(Sentence("A report names posts of the reported account."))
    row = Report(
        reporter_id=reporter.id,
        target_id=target.id,
        post_uris=[post.uri for post in posts],
        comment=comment.strip(),
        category="violation" if rules else category,
        broken_rules=rules,
        created_at=now_of(session),
    )
    session.add(row)
    if forward and not target.local:
        _forward(session, row, target, posts, comment.strip() if forwards_comment else "")
    _tell_moderators(session, row, reporter)
    return row


def _rules(session: Session, numbers: Sequence[int]) -> list[tuple[int, str]]:
    ours = dict(enumerate(settings_of(session).instance.rules, start=1))
    if not set(numbers) <= ours.keys():
        raise Invalid(Sentence("This is no rule of ours."), field="rule_ids")
    return [(number, ours[number]) for number in sorted(set(numbers))]


def _forward(session: Session, row: Report, target: Actor, posts: Sequence[Post], content: str) -> None:
    instance = instance_actor(session)
    row.uri, row.forwarded = new_activity_uri(instance), True
    remember_uri(session, row.uri, "report", row.id)
    uris = [post.uri for post in posts if post.audience in OPEN_AUDIENCES]
    document = flag_document(row.uri, instance, target, uris, content)
    publish(session, instance, document, Recipients(actor_ids=(target.id,)))


def record_report(
    session: Session, sender: Actor, uri: str | None, target: Actor, post_uris: Sequence[str], comment: str
) -> Report:
    """Store a report from another server, of which only the host is kept (row A28).

    Raises Refused where that server has too many open reports here already, and where the id is in use.
    """
    if uri is not None and find_known_uri(session, uri) is not None:
        raise Refused("its id names something else", reason="id-in-use")
    still_open = session.scalar(
        select(func.count())
        .select_from(Report)
        .where(Report.state == "open", has_owner(Report.reporter_host, sender.host))
    )
    if (still_open or 0) >= MAX_OPEN_FROM_HOST:
        raise Refused(f"{sender.host} has too many open reports here", reason="too-many-reports")
    row = Report(
        uri=uri,
        reporter_host=sender.host,
        target_id=target.id,
        post_uris=list(post_uris),
        comment=comment[:MAX_COMMENT_CHARACTERS],
        created_at=now_of(session),
    )
    session.add(row)
    if uri is not None:
        remember_uri(session, uri, "report", row.id)
    _tell_moderators(session, row, instance_actor(session))
    return row


def resolve(
    session: Session, row: Report, *, by: str, reason: str = "", moderator_id: int | None = None
) -> None:
    """Close a report; a second time changes nothing. `moderator_id` is the actor who did it, if one did."""
    if row.state != "resolved":
        row.state, row.handled_at, row.handled_by_id = "resolved", now_of(session), moderator_id
        row.updated_at = now_of(session)
        record_audit(session, by=by, action="report.resolve", subject=str(row.id), reason=reason)


def reopen(session: Session, row: Report, *, by: str, reason: str = "") -> None:
    """Open a report again. Raises NotFound for one that is open."""
    if row.state != "resolved":
        raise NotFound("This report is open.")
    row.state, row.handled_at, row.handled_by_id = "open", None, None
    row.updated_at = now_of(session)
    record_audit(session, by=by, action="report.reopen", subject=str(row.id), reason=reason)


def assign(session: Session, row: Report, moderator_id: int | None, *, by: str) -> None:
    """Say which moderator (an actor) looks into a report, or that nobody does."""
    if row.assigned_id != moderator_id:
        row.assigned_id, row.updated_at = moderator_id, now_of(session)
        action = "report.unassign" if moderator_id is None else "report.assign"
        record_audit(session, by=by, action=action, subject=str(row.id))


def change_category(session: Session, row: Report, category: str, *, by: str) -> None:
    """Say what a report is about. Raises Invalid for another word than those of CATEGORIES."""
    if category not in CATEGORIES:
        raise Invalid(Sentence("The category is spam, legal, violation or other."), field="category")
    if row.category != category:
        row.category, row.updated_at = category, now_of(session)
        record_audit(session, by=by, action="report.change", subject=str(row.id), reason=category)


def add_note(session: Session, row: Report, text: str, *, by: Officer) -> ReportNote:
    """Keep what a moderator wrote about a report, for other moderators; return the note. Raises Invalid."""
    words = text.strip()
    if not words or len(words) > MAX_COMMENT_CHARACTERS:
        sentence = Sentence("A note has 1 to %(most)s characters.", most=MAX_COMMENT_CHARACTERS)
        raise Invalid(sentence, field="note")
    note = ReportNote(report_id=row.id, author_id=by.actor_id, text=words, created_at=now_of(session))
    session.add(note)
    record_audit(session, by=by.handle, action="report.note", subject=str(row.id))
    return note


def _tell_moderators(session: Session, row: Report, by: Actor) -> None:
    notify_all(session, NotificationKind.MODERATION, moderator_ids(session), by, report_id=row.id)
