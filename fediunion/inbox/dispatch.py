"""Inside the unit of work: each activity to its rule, and its outcome beside its effects."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.authority import check_known_object, is_ours
from fediunion.activitypub.vocab import (
    Activity,
    Create,
    Delete,
    Dislike,
    EmojiReact,
    Follow,
    Like,
    Link,
    Undo,
    Update,
)
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actors_by_uri
from fediunion.db import now_of, settings_of
from fediunion.db.known_uris import (
    TOMBSTONE,
    UNDONE,
    KnownUri,
    bury_unknown_uri,
    find_known_uri,
    find_known_uris,
    is_buried,
    lift_burial,
)
from fediunion.inbox.deliveries import DONE_AGAIN
from fediunion.inbox.forward import PassOn, forward
from fediunion.inbox.outcomes import Outcome, not_handled, record_outcomes, refusal
from fediunion.inbox.prepare import Prepared
from fediunion.inbox.queries import lock_waiting
from fediunion.inbox.rules import InboxContext, ObjectRule, Rule, Rules
from fediunion.jobs.crash import crash_point
from fediunion.kit.errors import FediUnionError, Irrelevant, Refused

DONE: Final = "done"
_GONE: Final = (TOMBSTONE, UNDONE)
_STILL_ON_ITS_WAY: Final = timedelta(days=7)


class RefusedByRule(Exception):
    """A rule refused, and may have changed something before: run the unit again, with savepoints."""


@dataclass(slots=True)
class _Chunk:
    """What is known of the ids in several activities; what one touched is looked up anew for the next."""

    session: Session
    known: dict[str, KnownUri]
    actors: dict[str, Actor]
    savepoints: bool
    touched: set[str] = field(default_factory=set)

    def find(self, uri: str) -> KnownUri | None:
        return find_known_uri(self.session, uri) if uri in self.touched else self.known.get(uri)

    def find_for(self, uri: str, actor: Actor | None, *, own: bool) -> KnownUri | None:
        """Return what is known of an id, but for a tombstone that another left (row A39).

        `own`: the actor comes with the thing itself, and such a tombstone goes.
        """
        known = self.find(uri) if uri else None
        if known is None or known.kind != TOMBSTONE:
            return known
        if is_buried(known.kind, known.row_id, actor.id if actor else None):
            return known
        if own and actor is not None:
            lift_burial(self.session, uri)
        return None

    def touch(self, activity: Activity) -> None:
        self.touched.update((activity.id, activity.object.id))


def process_activities(
    session: Session,
    prepared: Sequence[Prepared],
    rules: Rules,
    pass_on: PassOn | None,
    *,
    savepoints: bool,
) -> dict[int, Outcome]:
    """Process activities in turn and record what became of them, all in this unit; return the outcomes.

    With `savepoints`, what a rule refuses leaves no trace but its outcome. Without, which is cheaper, what
    a rule refuses ends the unit by RefusedByRule. What was processed before, by whomever, is left
    alone and absent from the answer. An error that nobody meant ends the unit.
    """
    waiting = lock_waiting(session, [each.received.id for each in prepared])
    uris = {uri for each in prepared for uri in (each.activity.id, each.activity.object.id) if uri}
    chunk = _Chunk(
        session,
        find_known_uris(session, uris),
        find_actors_by_uri(session, (each.activity.actor for each in prepared)),
        savepoints,
    )
    outcomes: dict[int, Outcome] = {}
    for each in prepared:
        if each.received.id in waiting:
            outcomes[each.received.id] = _process(chunk, each, rules, pass_on)
            chunk.touch(each.activity)
    record_outcomes(session, {row: what for row, what in outcomes.items() if not what.await_object})
    crash_point("process_before_commit")
    return outcomes


def _process(chunk: _Chunk, prepared: Prepared, rules: Rules, pass_on: PassOn | None) -> Outcome:
    activity = prepared.activity
    sender = chunk.actors.get(activity.actor)
    own = chunk.find_for(activity.id, sender, own=True)
    if own is not None and own.kind in _GONE:
        if not _is_done_again(prepared, sender, own):
            return Outcome("ignored: it was undone before it came")
        lift_burial(chunk.session, own.uri)
    publishes = isinstance(activity, Create | Update)
    known = chunk.find_for(activity.object.id, sender, own=publishes)
    if known is not None and known.kind in _GONE and not _may_name_another(activity, rules):
        return Outcome(f"ignored: {known.uri} was deleted")
    if sender is None or not _may_act(sender, activity):
        return _from_nobody(chunk.session, activity, sender)
    kind = known.kind if known else None
    rule = rules.find(activity, kind)
    try:
        check_known_object(activity, kind)
        if rule is None:
            return _without_rule(chunk.session, activity, sender, known, rules)
        if chunk.savepoints:
            with chunk.session.begin_nested():
                remarks = _run(chunk.session, rule, prepared, sender, known, pass_on)
        else:
            remarks = _run_or_end(chunk.session, rule, prepared, sender, known, pass_on)
    except FediUnionError as error:
        if isinstance(error, Irrelevant) and publishes and activity.object.claim_refused:
            return refusal(_bad_extension(activity))
        return refusal(error)
    finally:
        if isinstance(activity, Undo) and known is None and activity.object.id:
            # It may still be on its way, or be delivered once more.
            bury_unknown_uri(chunk.session, activity.object.id, sender.id)
    if publishes and activity.object.claim_refused:
        remarks = [*remarks, _bad_extension(activity)]
    if remarks:
        return Outcome(f"{DONE}, in part refused: {remarks[0]}", remarks[0].reason)
    return Outcome(DONE)


def _is_done_again(prepared: Prepared, sender: Actor | None, gone: KnownUri) -> bool:
    """Return whether an actor does once more what it took back, under the same id.

    What it took back before it came may be sent again for days, and signed anew each time.
    """
    if sender is None or gone.row_id != sender.id or prepared.signed_at is None:
        return False
    still_comes = timedelta() if gone.kind == UNDONE else _STILL_ON_ITS_WAY
    return prepared.activity.type in DONE_AGAIN and prepared.signed_at > gone.seen_at + still_comes


def _may_name_another(activity: Activity, rules: Rules) -> bool:
    """Return whether an activity may be about something else than what its object's id once named.

    Some servers name the Follow in each Undo by who follows whom, as they did before (Misskey, Pixelfed).
    """
    is_unfollow = isinstance(activity, Undo) and isinstance(activity.object, Follow)
    return is_unfollow and rules.find(activity, None) is not None


def _bad_extension(activity: Activity) -> Refused:
    """Return why a post was taken, or left, as what it is without what a feature would read in it."""
    return Refused(activity.object.claim_refused or "", reason="bad-extension")


def _may_act(sender: Actor, activity: Activity) -> bool:
    """Return whether an actor is there and not suspended; one suspended at home may say that this is over."""
    if sender.deleted_at is not None:
        return False
    about_itself = isinstance(activity, Update) and activity.object.id == sender.uri
    return sender.suspended_at is None or (sender.suspended_by_origin and about_itself)


def _run_or_end(
    session: Session,
    rule: Rule,
    prepared: Prepared,
    sender: Actor,
    known: KnownUri | None,
    pass_on: PassOn | None,
) -> list[Refused]:
    try:
        return _run(session, rule, prepared, sender, known, pass_on)
    except FediUnionError as error:
        raise RefusedByRule from error


def _run(
    session: Session,
    rule: Rule,
    prepared: Prepared,
    sender: Actor,
    known: KnownUri | None,
    pass_on: PassOn | None,
) -> list[Refused]:
    """Run the rule; return what of the activity it refused."""
    activity, kind = prepared.activity, known.kind if known else None
    context = InboxContext(session, sender, now_of(session), activity.raw, signed_at=prepared.signed_at)
    if isinstance(rule, ObjectRule):
        rule.handle(context, activity, activity.object)
    else:
        assert known is not None  # a rule for a known thing is found by its kind only
        rule.handle(context, activity, known)
    if pass_on is not None:
        forward(session, prepared, kind, pass_on)
    return context.remarks


def _without_rule(
    session: Session, activity: Activity, sender: Actor, known: KnownUri | None, rules: Rules
) -> Outcome:
    about = activity.object
    if known is not None:
        return not_handled(activity.type, known.kind)
    if about.claim_refused is not None:
        raise Refused(about.claim_refused, reason="bad-object")
    if isinstance(activity, Delete):
        bury_unknown_uri(session, about.id, sender.id)
        return Outcome(f"ignored: {about.id} was not known here, and stays deleted")
    if isinstance(activity, Undo) and about.id:
        return Outcome(f"ignored: {about.id} was not known here, and stays undone")
    if isinstance(about, Link) and any(rule.activity is type(activity) for rule in rules):
        if is_ours(about.id, settings_of(session).authority):
            raise Refused(f"{about.id} does not exist", reason="no-such-object")
        awaited = isinstance(activity, Like | EmojiReact | Dislike)
        return Outcome(f"ignored: {about.id} is not known here", await_object=awaited)
    return not_handled(activity.type, about.type)


def _from_nobody(session: Session, activity: Activity, sender: Actor | None) -> Outcome:
    if sender is not None and sender.suspended_at is not None:
        return Outcome(f"refused: {activity.actor} is suspended", "suspended")
    if isinstance(activity, Delete) and activity.object.id:
        if activity.object.id == activity.actor:
            bury_unknown_uri(session, activity.actor, None)
        return Outcome(f"ignored: {activity.actor} is not known here")
    return Outcome(f"refused: {activity.actor} is not known here", "unknown-actor")
