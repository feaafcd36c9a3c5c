"""Publishing lists of ours, following lists of others, and deciding about what those say."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.domains import find_domain_rule
from fediunion.actors.models import DomainAction, DomainRule
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid, Refused
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import authority_of
from fediunion.social.moderation.audit import AUTOMATIC, record_audit
from fediunion.social.moderation.server_lists import ListedRule, RefusedLine, sort_entries
from fediunion.social.moderation.servers import decide_on_host, forget_decision
from fediunion.union.affiliation.proofs import check_proof
from fediunion.union.affiliation.queries import trust_of
from fediunion.union.server_lists.documents import ReadList
from fediunion.union.server_lists.models import (
    Applying,
    EntryState,
    FollowedList,
    ListEntryRow,
    ListName,
    PublishedList,
)
from fediunion.union.server_lists.queries import entries_in, is_spared, spared_names


def publish_list(session: Session, name: ListName, *, by: str) -> None:
    """Let everybody read the rules of one kind, with their public reasons. Twice changes nothing."""
    if session.scalar(select(PublishedList.id).where(PublishedList.name == name)) is None:
        session.add(PublishedList(name=name, published_at=now_of(session)))
        record_audit(session, by=by, action="server_list.publish", subject=name)


def withdraw_list(session: Session, name: ListName, *, by: str) -> None:
    """Let nobody read them any more."""
    session.execute(delete(PublishedList).where(PublishedList.name == name))
    record_audit(session, by=by, action="server_list.withdraw", subject=name)


def follow_list(
    session: Session, found: ReadList, document: JsonObject, applying: Applying, *, by: str
) -> FollowedList:
    """Follow a list of a union that we trust, from what was fetched of it; return it.

    Raises Invalid for a list of whom no relation lets share anything, else as `take_list`.
    """
    if not trust_of(session, authority_of(found.owner_uri)):
        raise Invalid(Sentence("No relation in force leads to the union whose list this is."), field="url")
    row = session.scalar(select(FollowedList).where(FollowedList.url == found.url))
    if row is None:
        now = now_of(session)
        row = FollowedList(
            url=found.url,
            owner_uri=found.owner_uri,
            stated_at=found.stated_at,
            applying=applying,
            looked_at=now,
        )
        session.add(row)
        session.flush()
    row.applying = applying
    record_audit(session, by=by, action="server_list.follow", subject=found.url, reason=applying)
    take_list(session, row, found, document)
    return row


def unfollow_list(session: Session, row: FollowedList, *, by: str) -> None:
    """Follow a list no longer. The rules that were made from it stay."""
    record_audit(session, by=by, action="server_list.unfollow", subject=row.url)
    session.execute(delete(ListEntryRow).where(ListEntryRow.list_id == row.id))
    session.delete(row)


def take_list(
    session: Session, row: FollowedList, found: ReadList, document: JsonObject
) -> Sequence[RefusedLine]:
    """Keep what a followed list says now; return the entries that are nonsense, with the reason.

    What is new waits for an officer; in automatic mode blocks are made at once, but never of a union of our
    network. What was applied and is not there any more is offered for removal. Raises Refused for another
    owner ("other-owner"), an older list than the last ("replayed"), "no-proof", "proof-of-another", a union
    that we trust no more ("untrusted"); and BadSignature.
    """
    if found.owner_uri != row.owner_uri:
        raise Refused("is of another union than before", reason="other-owner")
    if not trust_of(session, authority_of(row.owner_uri)):
        raise Refused("is of a union that no relation leads to now", reason="untrusted")
    check_proof(session, document, row.owner_uri)
    if found.stated_at < row.stated_at:
        raise Refused("is older than what was taken before", reason="replayed")
    row.stated_at, row.looked_at, row.problem = found.stated_at, now_of(session), ""
    sorted_list = sort_entries(found.entries, settings_of(session))
    known = {entry.host: entry for entry in entries_in(session, row)}
    listed = {rule.host: rule for rule in sorted_list.rules}
    for host, rule in listed.items():
        _note(session, row, known.get(host), rule)
    for host, entry in known.items():
        if host not in listed:
            if entry.state == EntryState.APPLIED:
                entry.state = EntryState.GONE
            elif entry.state != EntryState.GONE:
                session.delete(entry)
    session.flush()
    if row.applying == Applying.AUTOMATIC:
        spared = spared_names(session)
        blocks = [
            entry
            for entry in entries_in(session, row, EntryState.WAITING)
            if entry.action == DomainAction.BLOCK and not is_spared(entry.host, entry.action, spared)
        ]
        apply_entries(session, row, blocks, by=AUTOMATIC)
    return sorted_list.refused


def apply_entries(
    session: Session, row: FollowedList, entries: Collection[ListEntryRow], *, by: str
) -> Sequence[str]:
    """Make the rules of entries that wait, and remove those of entries that are gone; return their servers.

    A server with a rule that is not from this list keeps it, and its entry waits on.
    """
    done = []
    for entry in entries:
        rule = find_domain_rule(session, entry.host)
        if entry.state == EntryState.GONE:
            if rule is not None and _is_from(rule, row):
                forget_decision(session, entry.host, by=by, reason=row.url)
            session.delete(entry)
        elif rule is None or _is_from(rule, row):
            decide_on_host(
                session,
                entry.host,
                DomainAction(entry.action),
                by=by,
                reason=entry.reason,
                private_reason=row.url,
            )
            entry.state = EntryState.APPLIED
        else:
            continue
        done.append(entry.host)
    return done


def skip_entries(entries: Collection[ListEntryRow]) -> None:
    """Decide against entries: they wait no longer. The rule of an entry that is gone stays."""
    for entry in entries:
        entry.state = EntryState.SKIPPED


def _note(session: Session, row: FollowedList, entry: ListEntryRow | None, rule: ListedRule) -> None:
    if entry is None:
        entry = ListEntryRow(list_id=row.id, host=rule.host, action="", state=EntryState.WAITING)
        session.add(entry)
    elif entry.state == EntryState.GONE:
        entry.state = EntryState.APPLIED
    if entry.action != rule.action:
        entry.action, entry.state = rule.action, EntryState.WAITING
    entry.reason = rule.reason


def _is_from(rule: DomainRule, row: FollowedList) -> bool:
    """Return whether a rule was made from this list, and not changed by an officer since."""
    return rule.private_reason == row.url
