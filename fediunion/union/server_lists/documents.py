"""A list of servers as a signed ActivityStreams collection: ours to the wire, others' from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fediunion.activitypub.contexts import ACTIVITY_STREAMS, DATA_INTEGRITY, NAMESPACE, with_context
from fediunion.activitypub.values import instant, name, uri
from fediunion.actors.models import DomainRule
from fediunion.kit.clock import format_instant
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import parse_remote_url, same_origin
from fediunion.social.moderation.server_lists import MOST_LINES, ListEntry

PATH: Final = "/federation-lists"
_RULE: Final = "fu:ServerRule"
_HOST: Final = "fu:serverHost"
_ACTION: Final = "fu:ruleAction"
_CONTEXT: Final[list[str | dict[str, Any]]] = [ACTIVITY_STREAMS, DATA_INTEGRITY, {"fu": NAMESPACE}]
_ENDLESS: Final = 253


@dataclass(frozen=True)
class ReadList:
    """A list as its document has it: where it is, whose it is, of when, and its entries as written."""

    url: str
    owner_uri: str
    stated_at: datetime
    entries: Sequence[ListEntry]


def list_document(url: str, owner_uri: str, rules: Sequence[DomainRule], now: datetime) -> JsonObject:
    """Return a list of ours, complete but for its proof. Private reasons stay here."""
    document: JsonObject = {
        "id": url,
        "type": "OrderedCollection",
        "attributedTo": owner_uri,
        "updated": format_instant(now),
        "totalItems": len(rules),
        "orderedItems": [_entry(rule) for rule in rules],
    }
    return with_context(document, _CONTEXT)


def read_list(url: str, document: Mapping[str, Any]) -> ReadList:
    """Return a list that was fetched from `url`; whether it is proved is for the caller.

    An entry of a wrong shape is kept without a name, to be refused by its line. Raises BadDocument for what
    is no list, for one of another address or owner elsewhere, without a date, or with too many entries.
    """
    items, owner = document.get("orderedItems"), uri(document.get("attributedTo"))
    stated_at = instant(document.get("updated"))
    if document.get("type") != "OrderedCollection" or not isinstance(items, list) or owner is None:
        raise BadDocument("This is no list of servers.", reason="no-list")
    if document.get("id") != parse_remote_url(url).text or not same_origin(owner, url):
        raise BadDocument("The list is of another address, or of somebody else.", reason="foreign-list")
    if stated_at is None:
        raise BadDocument("The list does not say of when it is.", reason="no-date")
    if len(items) > MOST_LINES:
        raise BadDocument("The list is too long.", reason="long-list")
    return ReadList(url, owner, stated_at, [_read(line, item) for line, item in enumerate(items, start=1)])


def list_url(address: str) -> str:
    """Return where a list is: the address as it stands, or that of the blocked servers of a host."""
    return parse_remote_url(address if "://" in address else f"https://{address}{PATH}/blocked").text


def _entry(rule: DomainRule) -> JsonObject:
    entry: JsonObject = {
        "type": _RULE,
        _HOST: rule.host,
        _ACTION: rule.action,
        "published": format_instant(rule.created_at),
    }
    if rule.reason:
        entry["summary"] = rule.reason
    return entry


def _read(line: int, item: object) -> ListEntry:
    if not isinstance(item, dict) or item.get("type") != _RULE:
        return ListEntry(line, "")
    host, action = item.get(_HOST), item.get(_ACTION)
    if not isinstance(host, str) or not isinstance(action, str) or len(host) > _ENDLESS:
        return ListEntry(line, "")
    return ListEntry(line, host, action, name(item.get("summary")) or "")
