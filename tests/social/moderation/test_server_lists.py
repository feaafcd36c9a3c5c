"""Lists of servers as rules: a server in any spelling is one, nonsense is refused with line and reason."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import DomainAction
from fediunion.config import Mode, Settings
from fediunion.db import Database
from fediunion.kit.errors import Invalid
from fediunion.kit.urls import is_public_suffix
from fediunion.social.moderation.server_lists import (
    MOST_LINES,
    ListedRule,
    ListEntry,
    apply_rules,
    preview_rules,
    read_server_list,
    sort_entries,
)
from fediunion.social.moderation.servers import Severed, decide_on_host, severed_by
from tests.attacks.front import statements
from tests.social.builders import let_follow, local_actor, remote_actor

BLOCK = DomainAction.BLOCK


def test_a_list_of_hosts_alone_blocks_them(settings: Settings) -> None:
    found = read_server_list("One.test\n\ntwo.test,silence\n", settings)
    assert found.rules == [
        ListedRule(1, "one.test", BLOCK),
        ListedRule(3, "two.test", DomainAction.SILENCE),
    ]


def test_columns_are_found_by_their_names(settings: Settings) -> None:
    text = '#severity,#reject_media,#public_comment,#domain\nsuspend,TRUE,"a, b",bad.test\n'
    assert read_server_list(text, settings).rules == [ListedRule(2, "bad.test", BLOCK, "a, b")]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "#domain\n", "a.test\n" * (MOST_LINES + 1), '"' + "x" * 200_000], ids=range(5)
)
def test_what_is_no_list_is_refused(settings: Settings, text: str) -> None:
    with pytest.raises(Invalid):
        read_server_list(text, settings)


@pytest.mark.parametrize(
    "twin",
    [
        "BAD.test",
        "bad.test.",
        " bad.test ",
        "https://bad.test/about",
        "bad.test:8443",
        "*.bad.test",
        "ｂad.test",
    ],
)
def test_a_twin_in_another_spelling_is_refused(settings: Settings, twin: str) -> None:
    settings = replace(settings, instance=replace(settings.instance, mode=Mode.PRODUCTION))
    found = sort_entries([ListEntry(1, "bad.test"), ListEntry(2, twin)], settings)
    assert [rule.host for rule in found.rules] == ["bad.test"]
    assert [(each.line, each.why) for each in found.refused] == [(2, "The same server as in line 1.")]


def test_names_in_other_scripts_are_one_with_their_ascii(settings: Settings) -> None:
    found = sort_entries([ListEntry(1, "bücher.test"), ListEntry(2, "xn--bcher-kva.test")], settings)
    assert [rule.host for rule in found.rules] == ["xn--bcher-kva.test"]
    assert len(found.refused) == 1


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("union.test", "our own"),
        ("UNION.test.", "our own"),
        ("fedi.union.test", "our own"),
        ("test", "our own"),
        ("com", "below this one"),
        ("co.uk", "below this one"),
        ("", "no name"),
        ("a b", "no name"),
        (":::", "no name"),
        ("bad..test", "no name"),
        ("-", "no name"),
    ],
)
def test_nonsense_is_refused_with_the_reason(settings: Settings, host: str, why: str) -> None:
    settings = replace(settings, instance=replace(settings.instance, web_domain="fedi.union.test"))
    found = sort_entries([ListEntry(7, host)], settings)
    assert found.rules == []
    assert [(each.line, why in each.why) for each in found.refused] == [(7, True)]


def test_a_rule_that_we_do_not_have_is_refused(settings: Settings) -> None:
    found = sort_entries([ListEntry(1, "bad.test", "noop")], settings)
    assert "noop" in found.refused[0].why


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("com", True),
        ("co.uk", True),
        ("bad.com", False),
        ("127.0.0.1", False),
        ("[::1]", False),
        ("a.localhost", False),
    ],
)
def test_a_public_suffix_is_known(host: str, is_one: bool) -> None:
    assert is_public_suffix(host) is is_one


def _people(session: Session) -> None:
    ben = local_actor(session, "ben")
    for host in ("bad.test", "sub.bad.test", "fine.test", "notbad.test"):
        there = remote_actor(session, host, "eve")
        let_follow(session, ben, there)
        let_follow(session, there, ben)


async def test_a_preview_says_for_each_rule_what_it_would_end(social: Database) -> None:
    def work(session: Session) -> None:
        _people(session)
        rules = [
            ListedRule(1, "bad.test", BLOCK),
            ListedRule(2, "sub.bad.test", BLOCK),
            ListedRule(3, "fine.test", DomainAction.SILENCE),
            ListedRule(4, "unknown.test", BLOCK),
        ]
        seen = [each.severed for each in preview_rules(session, rules)]
        assert seen == [Severed(2, 2, 2, 2, 0), Severed(1, 1, 1, 1, 0), None, Severed(0, 0, 0, 0, 0)]
        assert severed_by(session, "bad.test") == seen[0]

    await social.write(work)


async def test_a_preview_of_many_rules_takes_as_many_statements_as_one_of_few(social: Database) -> None:
    def work(session: Session) -> None:
        _people(session)
        session.flush()
        counts = []
        for number in (1, 200):
            rules = [ListedRule(n, f"server{n}.test", BLOCK) for n in range(number)]
            with statements() as executed:
                preview_rules(session, rules)
            counts.append(len(executed))
        assert counts[0] == counts[1] <= 6

    await social.write(work)


async def test_rules_are_made_where_there_is_none_yet(social: Database) -> None:
    def work(session: Session) -> None:
        decide_on_host(session, "known.test", DomainAction.SILENCE, by="@olga")
        session.flush()
        rules = [ListedRule(1, "known.test", BLOCK), ListedRule(2, "new.test", BLOCK, "Spam")]
        assert [each.known for each in preview_rules(session, rules)] == [DomainAction.SILENCE, None]
        assert apply_rules(session, rules, by="@olga") == 1
        assert apply_rules(session, rules, by="@olga") == 0

    await social.write(work)
