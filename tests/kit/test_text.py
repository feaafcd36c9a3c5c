"""Mentions, hashtags, names, language tags and hosts in plain text."""

import pytest

from fediunion.kit.text import (
    Mention,
    ascii_host,
    display_host,
    find_hashtags,
    find_mentions,
    is_whole_name,
    normalise_hashtag,
    valid_hashtag,
    valid_language_tag,
    valid_username,
)


def test_mentions_are_found_with_and_without_host() -> None:
    text = "@bob and @Carol.Jones@Good.Example, also (@dave@union-b.localhost:8102)."
    assert find_mentions(text) == [
        Mention("bob"),
        Mention("Carol.Jones", "good.example"),
        Mention("dave", "union-b.localhost:8102"),
    ]


def test_a_mention_keeps_its_handle_in_lower_case_for_looking_up() -> None:
    assert Mention("Carol", "good.example").handle == "carol@good.example"
    assert Mention("Bob").handle == "bob"


@pytest.mark.parametrize(
    "text",
    [
        "bob@good.example",
        "https://good.example/@bob",
        "https://good.example/?q=@bob",
        "a@@b",
        "@",
        "@-bob",
        "x/@bob",
    ],
)
def test_addresses_and_links_are_no_mentions(text: str) -> None:
    assert find_mentions(text) == []


def test_the_dot_that_ends_a_sentence_belongs_neither_to_name_nor_host() -> None:
    assert find_mentions("Ask @bob. Or @bob@good.example.") == [
        Mention("bob"),
        Mention("bob", "good.example"),
    ]


def test_someone_named_twice_is_mentioned_once() -> None:
    assert find_mentions("@bob @bob") == [Mention("bob")]


def test_a_word_without_dot_or_port_is_no_host() -> None:
    assert find_mentions("@bob@word") == []
    assert find_mentions("@bob@localhost:8000") == [Mention("bob", "localhost:8000")]


def test_hashtags_keep_their_first_spelling_and_count_once() -> None:
    assert find_hashtags("#UnionJobs and #unionjobs, #Leeds!") == ["UnionJobs", "Leeds"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#1 #2026", []),
        ("#8Mars", ["8Mars"]),
        ("a#b", []),
        ("https://a.example/#part", []),
        ("&#39;", []),
        ("#हिन्दी #العربية #café #日本語", ["हिन्दी", "العربية", "café", "日本語"]),
        ("＃全角", ["全角"]),
        ("#a·b #col·", ["a·b", "col"]),
        ("#" + "x" * 101, []),
    ],
)
def test_hashtags_in_every_script_but_no_numbers(text: str, found: list[str]) -> None:
    assert find_hashtags(text) == found


def test_spellings_of_one_hashtag_normalise_to_the_same() -> None:
    assert normalise_hashtag("#ＵnionJobs") == normalise_hashtag("unionjobs") == "unionjobs"
    assert normalise_hashtag("STRASSE") == normalise_hashtag("straße")


def test_a_hashtag_is_letters_digits_and_underscores() -> None:
    assert valid_hashtag("Union_Jobs2")
    assert not valid_hashtag("a b")
    assert not valid_hashtag("")
    assert not valid_hashtag("7")
    assert not valid_hashtag('x"><script>')
    assert not valid_hashtag("../../admin")
    assert valid_hashtag("\ufdfa" * 5)
    assert not valid_hashtag("\ufdfa" * 6)


def test_usernames_have_dots_and_dashes_only_inside_and_only_elsewhere() -> None:
    assert valid_username("bob")
    assert valid_username("Bob_2")
    assert valid_username("a.b-c")
    assert not valid_username(".bob")
    assert not valid_username("bob-")
    assert not valid_username("bo b")
    assert not valid_username("b@b")
    assert not valid_username("")
    assert not valid_username("x" * 129)
    assert valid_username("bob_2", local=True)
    assert not valid_username("a.b", local=True)
    assert not valid_username("x" * 31, local=True)


@pytest.mark.parametrize("tag", ["en", "pt-BR", "zh-Hant-TW", "gsw"])
def test_language_tags_are_known_by_their_form(tag: str) -> None:
    assert valid_language_tag(tag)


@pytest.mark.parametrize("tag", ["", "e", "english", "en_GB", "en-", "../en", "en" + "-abcdefgh" * 7, "en\n"])
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    assert not valid_language_tag(tag)


def test_H12_a_host_in_one_script_is_shown_as_written() -> None:
    assert display_host("good.example") == "good.example"
    assert display_host("xn--mnchen-3ya.example") == "münchen.example"
    assert display_host("例え.example:8443") == "例え.example:8443"
    assert display_host("пример.example") == "пример.example"


@pytest.mark.parametrize("host", ["pаypal.example", "аррӏе.com", "xn--80ak6aa92e.com", "gооgle.example"])
def test_H12_a_host_that_mixes_or_imitates_scripts_is_shown_as_punycode(host: str) -> None:
    assert display_host(host).isascii()
    assert "xn--" in display_host(host)


def test_a_host_that_is_none_is_shown_without_its_strange_letters() -> None:
    assert ascii_host("ex☃ample\u202e.com") is None
    assert display_host("ex☃ample\u202e.com").isascii()


@pytest.mark.parametrize(
    ("text", "named"),
    [("@a@b.example", True), ("a@b", True), ("https://b.example/x", True), ("a b@c", False), ("word", False)],
    ids=["handle", "short", "address", "words", "word"],
)
def test_a_name_is_told_from_words(text: str, named: bool) -> None:
    assert is_whole_name(text) is named
