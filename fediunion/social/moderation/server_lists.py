"""Lists of servers: read line by line, what is nonsense refused, what they would end shown, then applied."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.domains import list_domain_rules, rule_name
from fediunion.actors.models import DomainAction
from fediunion.config import Settings
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.kit.urls import is_public_suffix
from fediunion.social.moderation.servers import Severed, decide_on_host, severed_by_each

MOST_LINES: Final = 1_000
LONGEST_REASON: Final = 500
# The words of the lists that other servers export.
_SEVERITIES: Final = {
    "suspend": DomainAction.BLOCK,
    "block": DomainAction.BLOCK,
    "silence": DomainAction.SILENCE,
    "limit": DomainAction.SILENCE,
    "allow": DomainAction.ALLOW,
}
_COLUMNS: Final = ("domain", "severity", "public_comment")


@dataclass(frozen=True)
class ListEntry:
    """A line as written: a host in any spelling, the word for a rule ("" is a block), a public reason."""

    line: int
    host: str
    severity: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ListedRule:
    """What a line says of a server: `host` as ids carry it, `line` counted from 1."""

    line: int
    host: str
    action: DomainAction
    reason: str = ""


@dataclass(frozen=True)
class RefusedLine:
    """A line that is not taken, as it was written, and why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True)
class ServerList:
    """What was read: no two rules are about one server."""

    rules: Sequence[ListedRule]
    refused: Sequence[RefusedLine]


@dataclass(frozen=True)
class PreviewedRule:
    """A rule, what it would end (a block), and the rule that is there already and stays, if there is one."""

    rule: ListedRule
    severed: Severed | None
    known: DomainAction | None


def read_server_list(text: str, settings: Settings) -> ServerList:
    """Return the rules of a list: lines of host, severity and reason, or of hosts to block.

    A first line that begins with `#` names the columns, as Mastodon exports them. Raises Invalid for a list
    without lines, for more than MOST_LINES, and for what is no CSV.
    """
    reader = csv.reader(StringIO(text))
    try:
        rows = [(reader.line_num, row) for row in reader if row and row[0].strip()]
    except csv.Error as error:
        raise Invalid(Sentence("This is no list that we can read."), field="list") from error
    heads = [name.strip("# ").lower() for name in rows[0][1]] if rows and rows[0][1][0][:1] == "#" else []
    places = {name: heads.index(name) for name in _COLUMNS if name in heads} or dict(
        zip(_COLUMNS, range(3), strict=True)
    )
    lines = rows[1:] if heads else rows
    if not lines or len(lines) > MOST_LINES:
        raise Invalid(Sentence("A list has 1 to %(most)s lines.", most=MOST_LINES), field="list")
    entries = []
    for line, row in lines:
        cells = {name: row[place].strip() for name, place in places.items() if place < len(row)}
        entries.append(ListEntry(line, *(cells.get(name, "") for name in _COLUMNS)))
    return sort_entries(entries, settings)


def sort_entries(entries: Sequence[ListEntry], settings: Settings) -> ServerList:
    """Return the entries of any list as rules, and what is nonsense with the reason.

    Refused are what is no host, our own server and what is above it, a public suffix, a severity that is no
    rule of ours, and a second line about a server in whatever spelling.
    """
    rules: dict[str, ListedRule] = {}
    refused = []
    for entry in entries:
        try:
            rule = _rule_of(entry, rules, settings)
        except Invalid as error:
            refused.append(RefusedLine(entry.line, entry.host[:100], sentence_of(error)))
        else:
            rules[rule.host] = rule
    return ServerList(list(rules.values()), refused)


def preview_rules(session: Session, rules: Sequence[ListedRule]) -> list[PreviewedRule]:
    """Return what the rules would do now, in a fixed number of statements."""
    known = {rule.host: DomainAction(rule.action) for rule in list_domain_rules(session)}
    blocks = [each.host for each in rules if each.action is DomainAction.BLOCK and each.host not in known]
    severed = severed_by_each(session, blocks)
    return [PreviewedRule(each, severed.get(each.host), known.get(each.host)) for each in rules]


def apply_rules(session: Session, rules: Sequence[ListedRule], *, by: str) -> int:
    """Make the rules about servers that have none yet; return how many."""
    known = {rule.host for rule in list_domain_rules(session)}
    new = [each for each in rules if each.host not in known]
    for each in new:
        decide_on_host(session, each.host, each.action, by=by, reason=each.reason)
    return len(new)


def _rule_of(entry: ListEntry, before: Mapping[str, ListedRule], settings: Settings) -> ListedRule:
    try:
        host = rule_name(entry.host, settings)
    except Invalid as error:
        raise Invalid(Sentence("This is no name of a server.")) from error
    for own in settings.authority:
        bare = own.rpartition(":")[0] or own
        if host in (own, bare) or bare.endswith(f".{host}"):
            raise Invalid(Sentence("This is our own server, or is above it."))
    if is_public_suffix(host):
        raise Invalid(Sentence("Everybody can have a name below this one."))
    if host in before:
        raise Invalid(Sentence("The same server as in line %(line)s.", line=before[host].line))
    action = _SEVERITIES.get(entry.severity.lower() or "block")
    if action is None:
        raise Invalid(Sentence("“%(word)s” is no rule of ours.", word=entry.severity[:30]))
    return ListedRule(entry.line, host, action, entry.reason[:LONGEST_REASON])
