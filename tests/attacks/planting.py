"""A string of class A in every column that can hold one, from the tables; what is exempt, and why."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, LargeBinary, String, Table, insert
from sqlalchemy.orm import Session

from fediunion.db.base import UtcDateTime
from fediunion.db.migrate import all_tables

MARK: Final = "CANARY-A1-7f3e"
"""The canary of the samples' first persona; the name of the column follows it."""
PLANTED_ID: Final = 424_242
"""The id of each row that is planted, so that an address with any id in it asks for all of them."""

_PUBLIC: Final = "said to everybody, or to all members, on purpose"
_OURS: Final = "words of ours only"

EXEMPT_TABLES: Final[Mapping[str, str]] = {
    "actor": "who sees how much of somebody is what rows V, test_existence and test_hidden_members are about",
    "affiliation": _PUBLIC,
    "announcement": _PUBLIC,
    "announcement_reaction": _PUBLIC,
    "appearance": _PUBLIC,
    "boost_way": "how a server says that one boosts there",
    "call_day": _PUBLIC,
    "call_resolution": _PUBLIC,
    "campaign_call": _PUBLIC,
    "co_sponsor": _PUBLIC,
    "audit_head": _PUBLIC,
    "collection": _PUBLIC,
    "collection_item": _PUBLIC,
    "custom_emoji": _PUBLIC,
    "employer": _PUBLIC,
    "featured_tag": _PUBLIC,
    "index_progress": _OURS,
    "link_card": "what a page that was linked says of itself",
    "mention_flood": "a server that floods is named to the operator's tools, in /metrics",
    "own_page": _PUBLIC,
    "scheduled_run": _OURS,
    "thunderclap": _PUBLIC,
    "timeline_marker": _OURS,
    "trusted_peer": "made of relations that are public",
    "union_count": "what a union states to everybody, as a sum",
    "vacancy": _PUBLIC,
    "vacancy_source": _PUBLIC,
}
EXEMPT_COLUMNS: Final[Mapping[str, str]] = {
    "actor_key.key_uri": "the id of a public key",
    "actor_key.public": "the public half",
    "audit_entry.hash": "members check the chain by it; subject and reason are salted in it",
    "domain_rule.host": "members are told which servers are limited",
    "domain_rule.reason": "the reason that is shown to members; the private one is planted",
    "outbox_activity.body": "what the servers named in it get: made of what is planted elsewhere",
    "post.slug": "the address of a post says nothing of it",
    "post.uri": "the address of a post says nothing of it",
    "post.url": "the address of a post says nothing of it",
    "vapid_key.public": "the public half",
    "vacancy_search.query": "a search that can be followed is a public actor",
    "vacancy_search.title": "a search that can be followed is a public actor",
}
# Else a planted row would be signed with, or sent, or taken for news.
_OVER: Final = ("actor_key.retired_at", "outbox_activity.fanned_out_at", "inbox_activity.processed_at")
_LONG_AGO: Final = timedelta(days=60)
_LATER: Final = timedelta(days=60)

WORDS: Final[Mapping[str, object]] = {
    "access_token.scopes": "read",
    "account_list.replies_policy": "list",
    "actor_key.algorithm": "ed25519",
    "application.scopes": "read",
    "archive.state": "ready",
    "attachment.kind": "image",
    "attachment.media_type": "image/png",
    "attachment.state": "ready",
    "audit_entry.number": 424_242,
    "authorization_code.scopes": "read",
    "call_signature.answer": "",
    "call_signature.day": "2026-03-01",
    "call_signature.mode": "target-only",
    "call_signature.route": "web",
    "campaign_call.audience": "public",
    "campaign_call.local": True,
    "campaign_call.outcome_on": "",
    "campaign_call.outcome_status": "",
    "campaign_call.slug": "planted-post.slug",
    "campaign_call.state": "open",
    "campaign_call.terms": {"title": "Talk to us", "demand": "Talk to us."},
    "co_sponsor.state": "accepted",
    "contact_consent.channel": "email",
    "contact_consent.given_on": "2026-03-01",
    "contact_consent.language": "en",
    "decision.appeal_state": "waiting",
    "decision.measure": "warn",
    "delivery.state": "dead",
    "domain_rule.action": "silence",
    "export.act": "key_export",
    "export.state": "ready",
    "follow.state": "accepted",
    "import_file.kind": "following",
    "import_file.state": "done",
    "import_row.state": "failed",
    "inbox_activity.activity_type": "Create",
    "inbox_rejection.reason": "bad-signature",
    "instance.signature_scheme": "cavage",
    "instance.state": "ok",
    "job.kind": "posts.backfill",
    "job.state": "quarantined",
    "known_uri.kind": "post",
    "mailed_link.kind": "reset",
    "member.role": "member",
    "member.state": "active",
    "notification.kind": "mention",
    "notification_policy.for_limited_accounts": "accept",
    "notification_policy.for_new_accounts": "accept",
    "notification_policy.for_not_followers": "accept",
    "notification_policy.for_not_following": "accept",
    "notification_policy.for_private_mentions": "accept",
    "outbox_activity.activity_type": "Create",
    "passkey_challenge.purpose": "sign-in",
    "pledge.route": "member",
    "poll.votes_beside": [0, 0],
    "post.audience": "direct",
    "post.language": "en",
    "post.local": True,
    "post.quote_state": "",
    "post.source_type": "text/plain",
    "post.wire_type": "Note",
    "post_filter.action": "warn",
    "post_filter.contexts": ["home"],
    "push_subscription.policy": "all",
    "refresh_token.scopes": "read",
    "report.category": "spam",
    "report.state": "open",
    "search_subscription.digest": "daily",
    "solidarity_message.language": "en",
    "severance.cause": "domain_block",
    "sign_up.reach": "hidden",
    "stored_file.media_type": "image/png",
    "thunderclap.message": {"en": "Talk to us"},
    "thunderclap.state": "collecting",
    "two_person_request.act": "key_export",
    "two_person_request.state": "waiting",
    "vapid_key.name": "another",
    "watched_page.kind": "feed",
    "web_session.role": "member",
    "conversation_entry.participant_ids": [],
    "push_subscription.alerts": {},
    "passkey.transports": [],
    "follow.languages": ["en"],
    "trust_setting.host": "peer.example",
}
"""What is one of a few words of ours, or a number, and which one the planted row has."""

SHAPES: Final[Mapping[str, Any]] = {
    "application.redirect_uris": [MARK],
    "erasure_receipt.hosts": [MARK],
    "import_row.options": {"text": MARK},
    "instance.implements": [MARK],
    "job.payload": {"text": MARK},
    "member.settings": {"text": MARK},
    "outbox_activity.recipients": {"actor_ids": [], "inboxes": [MARK], "expand": [], "shared": False},
    "poll.options": [{"name": MARK, "votes": 0}, {"name": f"{MARK} not", "votes": 0}],
    "post.card": {"title": MARK, "url": MARK},
    "post.content_map": {"fr": MARK},
    "post.emojis": [],
    "post.event": {"name": MARK},
    "post.extension": {"text": MARK},
    "post.interaction_policy": {"text": MARK},
    "post_edit.attachments": [],
    "post_edit.poll_options": [MARK],
    "report.broken_rules": [[1, MARK]],
    "report.post_uris": [MARK],
    "two_person_request.asked": {"text": MARK},
    "unpublished_post.wish": {"text": MARK, "audience": "public"},
}
"""How JSON of a person's stands in the columns that hold it."""


def text_columns() -> Iterator[Column[Any]]:
    """Yield every column of every table that text could be in: strings, JSON, bytes."""
    for table in all_tables().sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String | JSON | LargeBinary) and not column.foreign_keys:
                yield column


def is_exempt(column: Column[Any]) -> bool:
    """Return whether nothing is planted in a column, for one of the reasons above."""
    name = str(column)
    return column.table.name in EXEMPT_TABLES or name in EXEMPT_COLUMNS or name in WORDS


def plant(session: Session, now: datetime, owner_id: int, other_id: int) -> set[str]:
    """Put a row of `owner_id` into every table with something to hide; return the columns with a canary."""
    tables = all_tables().sorted_tables
    wanted = {column.table.name for column in text_columns() if not is_exempt(column)}
    for table in reversed(tables):
        if table.name in wanted:
            wanted |= {key.column.table.name for key in table.foreign_keys}
    planted = set()
    for table in tables:
        if table.name not in wanted or table.name == "actor":
            continue
        row = _row(table, now, owner_id, other_id)
        session.execute(insert(table).values(row))
        planted |= {f"{table.name}.{name}" for name, value in row.items() if MARK in repr(value)}
    return planted


def _row(table: Table, now: datetime, owner_id: int, other_id: int) -> dict[str, object]:
    people = iter((owner_id, *[other_id] * len(table.columns)))
    row: dict[str, object] = {}
    for column in table.columns:
        if column.foreign_keys:
            (target,) = {key.column.table.name for key in column.foreign_keys}
            if target == "actor":
                row[column.name] = next(people)
            elif target == table.name:
                row[column.name] = None
            else:
                row[column.name] = PLANTED_ID
        else:
            row[column.name] = _value(column, now)
    return row


def _value(column: Column[Any], now: datetime) -> object:
    name = str(column)
    if name in WORDS:
        return WORDS[name]
    if isinstance(column.type, JSON):
        return SHAPES.get(name, [])
    if isinstance(column.type, String):
        return f"planted-{name}" if is_exempt(column) else f"{MARK}-{name}"
    if isinstance(column.type, LargeBinary):
        return f"{MARK}-{name}".encode()
    if name in _OVER:
        return now - _LONG_AGO
    if column.nullable:
        return None
    if isinstance(column.type, UtcDateTime | DateTime):
        lasts = column.name.startswith(("ends", "expires", "until", "next", "closes", "release", "window"))
        return now + _LATER if lasts else now
    if isinstance(column.type, Date):
        return date(now.year, now.month, now.day)
    if isinstance(column.type, Boolean):
        return False
    return PLANTED_ID if column.name == "id" else 1
