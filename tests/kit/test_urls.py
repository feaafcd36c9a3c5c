"""Addresses from elsewhere: one spelling, no tricks."""

import pytest

from fediunion.kit.errors import BadDocument
from fediunion.kit.urls import (
    authority_of,
    header_address,
    owner_domain,
    parse_remote_url,
    registrable_domain,
    same_origin,
)


@pytest.mark.parametrize(
    ("written", "fetched"),
    [
        ("https://Good.Example", "https://good.example/"),
        ("HTTPS://good.example:443/a?b=c", "https://good.example/a?b=c"),
        ("https://good.example./a", "https://good.example/a"),
        ("http://good.example:80/", "http://good.example/"),
        ("http://union-a.localhost:8101/x", "http://union-a.localhost:8101/x"),
        ("https://bücher.example/é?q=ü", "https://xn--bcher-kva.example/%C3%A9?q=%C3%BC"),
        ("https://[2001:0DB8::1]:8443/", "https://[2001:db8::1]:8443/"),
        ("https://good.example/a#main-key", "https://good.example/a"),
        ("https://good.example/%C3%A9", "https://good.example/%C3%A9"),
        ('https://good.example/a"<b>', "https://good.example/a%22%3Cb%3E"),
        ("https://under_score.example?x", "https://under_score.example/?x"),
    ],
)
def test_an_address_gets_one_spelling(written: str, fetched: str) -> None:
    assert parse_remote_url(written).text == fetched
    assert parse_remote_url(fetched).text == fetched


def test_the_parts_of_an_address_are_told_apart() -> None:
    url = parse_remote_url("https://Good.Example:8443/a/b?c#d")
    assert (url.scheme, url.host, url.port, url.path_query, url.fragment) == (
        "https",
        "good.example",
        8443,
        "/a/b?c",
        "d",
    )
    assert (url.authority, url.origin) == ("good.example:8443", "https://good.example:8443")
    assert url.identity == "https://good.example:8443/a/b?c#d"


@pytest.mark.parametrize(
    "text",
    [
        *("file:///etc/passwd", "gopher://good.example/", "ftp://good.example/", "data:text/plain,x"),
        *("jar:https://good.example/!/", "unix:/run/x.sock", "javascript:alert(1)", "https:evil.example"),
        *("https:/evil.example", "//good.example/", "good.example", "", "https://", "https:///x"),
    ],
)
def test_F07_other_schemes_are_refused(text: str) -> None:
    with pytest.raises(BadDocument):
        parse_remote_url(text)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "0",
            "017700000001",
            "0x7f.1",
            "127.0.0.1.2",
            "0x",
        ),
        *("127.0.0.01", "999.1.1.1", "evil.1", "１２７.1"),
    ],
)
def test_F08_hosts_that_a_resolver_reads_as_a_number_are_refused(host: str) -> None:
    with pytest.raises(BadDocument):
        parse_remote_url(f"https://{host}/")


@pytest.mark.parametrize(
    "host", ["[::1%25lo]", "[fe80::1%eth0]", "[::1", "[]", "[127.0.0.1]", "[v1.x]", "::1"]
)
def test_F10_zone_ids_and_broken_brackets_are_refused(host: str) -> None:
    with pytest.raises(BadDocument):
        parse_remote_url(f"https://{host}/")


@pytest.mark.parametrize(
    "text",
    [
        *("https://good.example@127.0.0.1/", "https://127.0.0.1\\@good.example/", "https://go\tod.example/"),
        *(
            "https://good.example\n/",
            "https://good.example\x00/",
            "https://good.example%00/",
            "https://@good.example/",
        ),
        *(
            "https://good.example%2f@evil.example",
            "https://good.example%2f.evil.example/",
            " https://good.example/",
        ),
        *(
            "https://good.example/a b",
            "https://good.example/\r\nX: y",
            "https://good.example/%zz",
            "https://a..b/",
        ),
        *(
            "https://-a.example/",
            "https://good.example\u2028/",
            "https://good.example/\ud800",
            "https://*.example/",
        ),
        *("https://good.example:/", "https://good.example:0/", "https://good.example:65536/"),
        *("https://good.example:+443/", "https://good.example:٤٤٣/", "https://good.example/" + "a" * 4096),
        "https://" + "a." * 127 + "example/",
    ],
)
def test_F12_addresses_that_parsers_disagree_about_are_refused(text: str) -> None:
    with pytest.raises(BadDocument):
        parse_remote_url(text)


def test_origins_are_compared_by_scheme_host_and_port() -> None:
    assert same_origin("https://a.example/x", "https://A.example:443/y#z")
    assert not same_origin("https://a.example/", "http://a.example/")
    assert not same_origin("http://union-a.localhost:8101/", "http://union-a.localhost:8102/")
    assert not same_origin("https://a.example/", "https://b.a.example/")
    assert not same_origin("https://a.example/", "mailto:a@a.example")


def test_an_authority_leaves_out_the_usual_port() -> None:
    assert authority_of("https://A.example:443/x") == "a.example"
    assert authority_of("http://[::1]:8101/x") == "[::1]:8101"
    with pytest.raises(BadDocument):
        authority_of("a.example")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("a.b.evil.example", "evil.example"),
        ("fedi.union.org.uk", "union.org.uk"),
        ("union-a.localhost", "union-a.localhost"),
        ("x.nurses.test", "nurses.test"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("co.uk", "co.uk"),
    ],
)
def test_F36_subdomains_belong_to_the_domain_that_was_registered(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("address", "carried"),
    [
        ("/tags/grève", "/tags/gr%C3%A8ve"),
        ("/search?q=إضراب#post-1", "/search?q=%D8%A5%D8%B6%D8%B1%D8%A7%D8%A8#post-1"),
        ("/a b\r\nset-cookie: x", "/a%20b%0D%0Aset-cookie:%20x"),
        ("app://back?a=%C3%A8&b=[1]<>", "app://back?a=%C3%A8&b=[1]<>"),
    ],
    ids=["latin", "arabic", "breaks", "of-an-app"],
)
def test_a_header_carries_an_address_in_ascii_and_leaves_what_is(address: str, carried: str) -> None:
    assert header_address(address) == carried
    assert header_address(carried) == carried


@pytest.mark.parametrize(
    ("authority", "domain"),
    [
        ("a.b.evil.example:8443", "evil.example"),
        ("evil.co.uk", "evil.co.uk"),
        ("[2001:db8::1]:8443", "2001:db8::1"),
        ("union.localhost:8101", "union.localhost"),
    ],
)
def test_F36_limits_count_by_the_domain_that_somebody_registered(authority: str, domain: str) -> None:
    assert owner_domain(authority) == domain
