"""Reports: made here, sent elsewhere, and received from there."""

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub import vocab
from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.db import Database
from fediunion.db.known_uris import find_known_uri
from fediunion.inbox.rules import Rules
from fediunion.kit.errors import Invalid, NotFound, Refused
from fediunion.kit.pages import Page
from fediunion.members.models import Role
from fediunion.outbox.models import OutboxActivity
from fediunion.social.moderation.audit import list_audit
from fediunion.social.moderation.feature import FEATURE
from fediunion.social.moderation.models import Report
from fediunion.social.moderation.queries import get_report, list_reports
from fediunion.social.moderation.reports import (
    MAX_COMMENT_CHARACTERS,
    MAX_OPEN_FROM_HOST,
    MAX_POSTS,
    record_report,
    reopen,
    report,
    resolve,
)
from fediunion.social.notifications.queries import notifications_page
from tests.social.builders import activity, context_of, local_actor, member_of, post_by, remote_actor

FLAG = "https://far.test/flags/1"


def flag(
    session: Session, sender: Actor, objects: list[object], content: str = "Spam", id: str = FLAG
) -> None:
    """Hand a Flag of `sender` to the rule that is there for it. Raises Refused where there is none."""
    local_actor(session, "instance", kind=ActorKind.INSTANCE)
    document = {"id": id, "type": "Flag", "actor": sender.uri, "object": objects, "content": content}
    parsed = activity(vocab.Flag, document)
    session.flush()
    known = find_known_uri(session, parsed.object.id)
    rule = Rules(FEATURE.activities).find(parsed, known.kind if known is not None else None)
    if rule is None:
        raise Refused("no rule")
    about = parsed.object if known is None or not isinstance(parsed.object, vocab.Link) else known
    rule.handle(context_of(session, sender, document), parsed, about)
    session.flush()


def reports(session: Session) -> list[Report]:
    """Return all reports, oldest first."""
    return list(session.scalars(select(Report).order_by(Report.id)))


async def test_V34_a_forwarded_report_comes_from_the_instance_and_names_no_reporter(social: Database) -> None:
    def work(session: Session) -> None:
        instance = local_actor(session, "instance", kind=ActorKind.INSTANCE)
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        public = post_by(session, far)
        private = post_by(session, far, Audience.DIRECT, mentions=[anna])
        ids = [public.id, private.id]
        row = report(session, anna, far, post_ids=ids, comment="He wrote to me, Anna", forward=True)
        report(session, anna, far, comment="Said aloud", forward=True, forwards_comment=True)
        session.flush()
        silent, spoken = session.scalars(select(OutboxActivity).order_by(OutboxActivity.id))
        document = orjson.loads(silent.body)
        assert (silent.actor_id, document["actor"], document["type"]) == (instance.id, instance.uri, "Flag")
        assert document["object"] == [far.uri, public.uri]
        assert document["content"] == ""
        assert anna.uri not in silent.body
        assert "anna" not in silent.body.lower()
        assert silent.recipients["actor_ids"] == [far.id]
        assert orjson.loads(spoken.body)["content"] == "Said aloud"
        assert row.post_uris == [public.uri, private.uri]
        assert row.forwarded

    await social.write(work)


async def test_a_report_stays_here_unless_it_is_to_be_forwarded(social: Database) -> None:
    def work(session: Session) -> None:
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        report(session, anna, far, comment="Spam", category="spam")
        session.flush()
        assert session.scalars(select(OutboxActivity)).all() == []

    await social.write(work)


async def test_a_report_names_posts_of_the_reported_that_the_reporter_may_see(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        hidden = post_by(session, ben, Audience.DIRECT)
        with pytest.raises(NotFound):
            report(session, anna, ben, post_ids=[hidden.id])
        with pytest.raises(NotFound):
            report(session, anna, ben, post_ids=[post_by(session, anna).id])
        with pytest.raises(Invalid):
            report(session, anna, anna)
        with pytest.raises(Invalid):
            report(session, anna, ben, comment="x" * (MAX_COMMENT_CHARACTERS + 1))
        with pytest.raises(Invalid):
            report(session, anna, ben, category="dislike")

    await social.write(work)


async def test_moderators_are_told_of_each_report_and_nobody_else(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, guard = (local_actor(session, name) for name in ("anna", "ben", "guard"))
        member_of(session, guard, Role.MODERATOR)
        member_of(session, ben)
        first, second = report(session, anna, ben), report(session, anna, ben)
        session.flush()
        told = notifications_page(session, guard.id, Page())
        assert [(row.kind, row.report_id) for row in told] == [
            ("admin.report", second.id),
            ("admin.report", first.id),
        ]
        assert notifications_page(session, ben.id, Page()) == []

    await social.write(work)


async def test_a_report_is_resolved_and_opened_again_on_record(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        row = report(session, anna, ben)
        for _ in range(2):
            resolve(session, row, by="@guard", reason="talked")
        session.flush()
        assert list_reports(session, Page(), resolved=True) == [row]
        assert list_reports(session, Page()) == []
        reopen(session, row, by="@guard")
        session.flush()
        assert list_reports(session, Page(), target_id=ben.id) == [row]
        assert [entry.action for entry in list_audit(session, Page())] == ["report.reopen", "report.resolve"]
        with pytest.raises(NotFound):
            reopen(session, row, by="@guard")
        with pytest.raises(NotFound):
            get_report(session, 17)

    await social.write(work)


async def test_A28_a_flag_is_kept_with_the_host_alone_and_once(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        far = remote_actor(session, "far.test", "far")
        mine, his = post_by(session, anna), post_by(session, ben)
        objects: list[object] = [anna.uri, mine.uri, "https://far.test/notes/1"]
        for _ in range(2):
            flag(session, far, objects, content="<p>Bad</p><script>x</script>")
        [row] = reports(session)
        assert (row.reporter_id, row.reporter_host, row.target_id) == (None, "far.test", anna.id)
        assert (row.post_uris, row.comment, row.uri) == ([mine.uri], "Bad", FLAG)
        flag(session, far, [his.uri, mine.uri], id="https://far.test/flags/2")
        assert {(each.target_id, *each.post_uris) for each in reports(session)[1:]} == {
            (ben.id, his.uri),
            (anna.id, mine.uri),
        }

    await social.write(work)


async def test_A28_a_flag_names_no_hidden_member_no_institution_of_ours_and_nobody_elsewhere(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        far = remote_actor(session, "far.test", "far")
        hidden = local_actor(session, "hidden1", Reach.HIDDEN)
        instance = local_actor(session, "instance", kind=ActorKind.INSTANCE)
        inside = post_by(session, local_actor(session, "anna"), Audience.LOCAL)
        for number, uri in enumerate((hidden.uri, instance.uri, far.uri, inside.uri, "https://x.test/1")):
            with pytest.raises(Refused):
                flag(session, far, [uri], id=f"https://far.test/flags/{number}")
        assert reports(session) == []

    await social.write(work)


async def test_A28_floods_of_objects_words_and_reports_are_bounded(social: Database) -> None:
    def work(session: Session) -> None:
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        many = [anna.uri, *(f"https://union.test/x/{number}" for number in range(MAX_POSTS))]
        with pytest.raises(Refused):
            flag(session, far, list(many))
        flag(session, far, [anna.uri], content="x" * 100_000)
        assert len(reports(session)[0].comment) == MAX_COMMENT_CHARACTERS
        for number in range(1, MAX_OPEN_FROM_HOST):
            record_report(session, far, f"https://far.test/more/{number}", anna, [], "")
        with pytest.raises(Refused):
            flag(session, far, [anna.uri], id="https://far.test/flags/last")

    await social.write(work)


async def test_F36_names_below_one_domain_report_as_one_server(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        for number in range(MAX_OPEN_FROM_HOST):
            host = f"s{number % 4}.far.test"
            flag(session, remote_actor(session, host, "far"), [anna.uri], id=f"https://{host}/{number}")
        with pytest.raises(Refused):
            flag(session, remote_actor(session, "far.test", "far"), [anna.uri], id="https://far.test/1")
        flag(session, remote_actor(session, "notfar.test", "far"), [anna.uri], id="https://notfar.test/1")

    await social.write(work)


async def test_an_embedded_object_is_looked_up_by_its_id(social: Database) -> None:
    def work(session: Session) -> None:
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        post = post_by(session, anna)
        note = {"type": "Note", "id": post.uri, "attributedTo": far.uri, "content": "never said"}
        flag(session, far, [note])
        [row] = reports(session)
        assert (row.target_id, row.post_uris) == (anna.id, [post.uri])

    await social.write(work)
