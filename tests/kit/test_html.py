"""HTML from strangers: nothing dangerous stays, nothing honest is lost."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fediunion.kit.html import clean_html, escape, html_to_text

REL = 'rel="nofollow noopener noreferrer"'
ALLOWED = {
    *("p", "br", "a", "span", "ul", "ol", "li", "blockquote", "pre", "code", "ruby", "rt", "rp"),
    *("strong", "em", "b", "i", "u", "del", "s", "sub", "sup"),
}
CLASSES = {"mention", "hashtag", "h-card", "u-url", "invisible", "ellipsis", "quote-inline"}
RELATIONS = {"tag", "nofollow", "noopener", "noreferrer"}


class Inspector(HTMLParser):
    """Fails on the first element or attribute that is not allowed; counts what is left open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert name in {"href", "rel", "class", "start", "reversed", "value"}, name
            if name == "href":
                assert re.match("https?://", value or "", re.IGNORECASE), value
            if name == "class":
                assert set((value or "").split()) <= CLASSES, value
            if name == "rel":
                assert set((value or "").split()) <= RELATIONS, value
        if tag == "a":
            assert dict(attrs)["rel"] in ("nofollow noopener noreferrer", "tag nofollow noopener noreferrer")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "br":
            assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def assert_harmless(html: str) -> None:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    assert inspector.open == []


SCRIPTS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<p onclick=alert(1) onerror='x'>hi</p>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jAvA\tscRipt:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#x6A;avascript&colon;alert(1)">x</a>',
    '<a href=" \x01javascript:alert(1)">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="//evil.example/x">x</a>',
    '<a href="/settings">x</a>',
]
MUTATIONS = [
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<template><script>alert(1)</script></template>",
    "<style><!--</style><script>alert(1)//--></script>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<p><svg><desc><b><table><td><a href='https://a.example'>1</a></table><a href='https://b.example'>2",
    "<select><option><style></select><script>alert(1)</script>",
    "<a href='https://a.example'>1<table><a href='https://b.example'>2</a></table></a>",
    "<xmp><p title='</xmp><script>alert(1)</script>'>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
]


@pytest.mark.parametrize("payload", SCRIPTS)
def test_H01_script_in_any_disguise_is_removed(payload: str) -> None:
    cleaned = clean_html(payload)
    assert_harmless(cleaned)
    assert "script" not in cleaned.lower()
    assert "alert" not in cleaned
    assert "href" not in cleaned


@pytest.mark.parametrize("payload", MUTATIONS)
def test_H02_markup_that_mutates_ends_harmless_and_at_rest(payload: str) -> None:
    cleaned = clean_html(payload)
    assert_harmless(cleaned)
    assert clean_html(cleaned) == cleaned


MARKUP = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<a href='https://a.example'>",
            "</a>",
            "<b>",
            "</b>",
            "<table>",
            "<td>",
            "</table>",
        ),
        *("<svg>", "<math>", "<style>", "</style>", "<ul>", "<li>", "</ul>", "<h2>", "</h2>", "text "),
        *("b.example", "&lt;", "&", "<blockquote>", "</blockquote>", "<pre>\n\n", "</pre>", "<!--", "-->"),
        *(
            "<span class='mention x'>",
            "</span>",
            "<br>",
            "<template>",
            "<select>",
            "<noscript>",
            "</noscript>",
        ),
        *("<i>", "<", "<ruby>", "<rt>", "https://c.example"),
    ]
)


@given(st.lists(MARKUP, max_size=24).map("".join))
@settings(max_examples=300)
def test_H02_any_markup_ends_harmless_and_at_rest(payload: str) -> None:
    cleaned = clean_html(payload)
    assert_harmless(cleaned)
    assert clean_html(cleaned) == cleaned


def test_H03_style_id_name_and_unknown_classes_are_removed() -> None:
    html = '<p style="position:fixed" id="nav" class="toast mention"><a name="x" class="btn u-url">y</a></p>'
    assert clean_html(html) == f'<p class="mention"><a class="u-url" {REL}>y</a></p>'


def test_H04_forms_are_removed() -> None:
    html = (
        "<form action=//evil.example><input type=password><button>Log in</button><select><option>a</select>"
    )
    cleaned = clean_html(html)
    assert_harmless(cleaned)
    assert "<" not in cleaned


def test_H05_nothing_loads_from_elsewhere() -> None:
    html = (
        "<img src=https://evil.example/x><video src=https://evil.example/x></video><iframe src=//e></iframe>"
        "<link rel=stylesheet href=//e><meta http-equiv=refresh content='0;url=//e'><base href=//e>"
        "<p style='background:url(//evil.example)'>text</p><object data=//e></object><embed src=//e>"
    )
    assert clean_html(html) == "<p>text</p>"


@pytest.mark.parametrize(
    "text",
    [
        "https://bank.example",
        "bank.example/login",
        "www.bank.example",
        "https://bank.example@evil.example",
        "<span class='invisible'>https://</span><span>bank.example</span>",
        "https://bank.exa\u200bmple",
        "bank。example",
        "HTTPS://BANK.EXAMPLE/",
        "https://bank.example&#47;",
        "\u202ehttps://bank.example",
        "bank.exam…",
        "https://bank.exam...",
        "<span class='invisible'>https://evil.example/</span>bank.example",
        "<span class='invisible'>https://ev</span>il.exam<span class='invisible'>ple</span>",
    ],
)
def test_H11_a_link_that_reads_as_another_host_shows_the_real_one(text: str) -> None:
    cleaned = clean_html(f'<a href="https://evil.example/x">{text}</a>')
    assert cleaned == f'<a href="https://evil.example/x" {REL}>evil.example/x</a>'


@pytest.mark.parametrize(
    "text",
    [
        "https://good.example/x",
        "good.example/x",
        "https://www.good.example/x",
        '<span class="invisible">http://www.</span><span>good.example</span><span class="invisible">/</span>',
        "the news",
        "Node.js",
        "10.5 %",
        "@bob@bank.example",
        "#bank.example",
    ],
)
def test_H11_an_honest_link_keeps_its_text(text: str) -> None:
    html = f'<a href="https://good.example/x" {REL}>{text}</a>'
    assert clean_html(html) == html


def test_H12_a_link_to_a_homograph_shows_punycode() -> None:
    assert clean_html('<a href="https://pаypal.example/">https://pаypal.example/</a>').endswith(
        ">xn--pypal-4ve.example</a>"
    )


def test_H13_every_link_has_the_relations_and_no_target() -> None:
    html = '<a href="https://a.example" target="_blank" rel="opener me">a</a>'
    assert clean_html(html) == f'<a href="https://a.example" {REL}>a</a>'


def test_a_hashtag_keeps_rel_tag_and_a_mention_its_card() -> None:
    html = (
        '<p><span class="h-card" lang="x" title="y"><a href="https://m.example/@b" class="u-url mention">@'
        '<span>b</span></a></span> <a href="https://m.example/tags/x" class="mention hashtag" rel="tag">#'
        "<span>x</span></a></p>"
    )
    assert clean_html(html) == (
        f'<p><span class="h-card"><a href="https://m.example/@b" class="u-url mention" {REL}>@<span>b</span>'
        '</a></span> <a href="https://m.example/tags/x" class="mention hashtag" '
        'rel="tag nofollow noopener noreferrer">#<span>x</span></a></p>'
    )


def test_H16_too_long_a_text_is_cut_after_cleaning_and_stays_well_formed() -> None:
    html = (
        "<p><strong>"
        + "<a href='https://a.example/?a=1&b=2'>é &amp; ü</a><em>x</em> " * 9000
        + "</strong></p>"
    )
    cleaned = clean_html(html)
    assert_harmless(cleaned)
    assert 100_000 < len(cleaned.encode()) <= 150_000
    assert not re.search(r"&[a-z#0-9]*$", re.sub(r"<[^>]*>", "", cleaned))
    assert clean_html(cleaned) == cleaned


def test_H16_the_cap_counts_bytes() -> None:
    assert len(clean_html("<p>" + "語" * 1000 + "</p>", max_bytes=100).encode()) <= 100


def test_headings_become_bold_paragraphs_and_tables_vanish_around_their_text() -> None:
    assert clean_html("<h2 id=x>Title</h2><p>text</p>") == "<p><strong>Title</strong></p><p>text</p>"
    assert clean_html("<table><tr><td>a</td></tr></table>") == "a"


def test_P12_a_zero_character_is_stripped() -> None:
    assert clean_html("<p>a\x00b</p>") == "<p>ab</p>"


def test_ordinary_posts_pass_unchanged() -> None:
    html = "<p>One<br>two</p><blockquote><p>three</p></blockquote><ul><li>four</li></ul><pre>five</pre>"
    assert clean_html(html) == html
    assert clean_html("") == ""


def test_text_is_what_a_person_reads() -> None:
    html = "<p>One<br>two &amp; &lt;three&gt;</p><ul><li>four</li><li>five</li></ul><script>no</script>"
    assert html_to_text(html) == "One\ntwo & <three>\n\nfour\nfive"
    assert html_to_text("") == ""


def test_H20_escaped_text_is_safe_in_attributes_too() -> None:
    assert escape("<a b=\"c\" d='e'>&]]>") == "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;]]&gt;"
