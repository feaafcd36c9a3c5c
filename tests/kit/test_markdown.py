"""Markdown as HTML that can be shown to anybody."""

import pytest

from fediunion.kit.html import clean_html
from fediunion.kit.markdown import markdown_to_html, prose_of


def html(text: str) -> str:
    return markdown_to_html(
        text,
        mentions={"ana": ("https://union.test/actors/ana", "https://union.test/@ana")},
        hashtag_url=lambda name: f"https://union.test/tags/{name.lower()}",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "<p>plain</p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>"),
        ("# Head\n\ntext", "<p><strong>Head</strong></p><p>text</p>"),
        ("> said", "<blockquote><p>said</p></blockquote>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a", '<ol start="3"><li>a</li></ol>'),
        ("```\na\n\nb\n```\nc", "<pre><code>a\n\nb\n</code></pre><p>c</p>"),
        ("snake_case_name 2*3*4", "<p>snake_case_name 2<em>3</em>4</p>"),
    ],
)
def test_markdown_becomes_the_html_of_posts(text: str, expected: str) -> None:
    assert html(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<b onclick='x'>b</b>",
        "[x](javascript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x][1]\n\n[1]: javascript:alert(1)",
        '[x](https://e.test "><script>")',
        "![x](https://e.test/pixel.png)",
        "```html\n<script>alert(1)</script>\n```",
        '<https://e.test/"onmouseover=alert(1)>',
    ],
)
def test_nothing_that_runs_or_loads_by_itself_comes_out(text: str) -> None:
    made = html(text)
    for bad in ("<script", "<img", "<b ", "<b>", 'href="javascript'):
        assert bad not in made
    assert clean_html(made) == made


def test_people_and_hashtags_and_addresses_are_linked_as_in_plain_text() -> None:
    made = html("**@ana** and @eve see #Strike_now: https://e.test/a?b=1&c=2.")
    assert '<strong><span class="h-card"><a href="https://union.test/@ana" class="u-url mention"' in made
    assert "@eve see" in made
    assert 'href="https://union.test/tags/strike_now" class="mention hashtag"' in made
    assert 'href="https://e.test/a?b=1&amp;c=2"' in made


def test_what_stands_in_code_or_in_a_link_names_nobody() -> None:
    text = "`@ana #a` [@ana #b](https://e.test)\n\n    @ana #c\n\nand @ana #d"
    assert html(text).count("u-url mention") == 1
    assert "@ana #d" in prose_of(text)
    assert not any(tag in prose_of(text) for tag in ("#a`", "#b", "#c"))


def test_a_link_says_where_it_leads() -> None:
    assert "evil.test" in html("[https://bank.test](https://evil.test/x)")


def test_depth_has_an_end() -> None:
    for text in (">" * 9_000 + "x", "- " * 4_000 + "x", "*" * 9_000, "[" * 9_000, "`" * 9_000):
        made = html(text)
        assert clean_html(made) == made


TABLE = """Fees

| Grade | **Fee** |
|:------|--------:|
| G-4 <b> | 4 |
| [P-2](javascript:alert(1)) | <script>alert(1)</script> |

> | not | here |
> |-----|------|
> | it  | is quoted |"""


def test_a_table_is_one_where_pages_may_have_it_and_words_elsewhere() -> None:
    page = markdown_to_html(TABLE, mentions={}, hashtag_url=None, tables=True)
    assert page.startswith(
        '<p>Fees</p><div class="scroll" tabindex="0"><table class="tab">'
        "<thead><tr><th>Grade</th><th><strong>Fee</strong></th></tr></thead>"
        "<tbody><tr><td>G-4 &lt;b&gt;</td><td>4</td></tr>"
    )
    assert page.count("<table") == page.count("</table>") == 1
    assert "it" in page.partition("</table>")[2]
    post = markdown_to_html(TABLE, mentions={}, hashtag_url=None)
    assert "<t" not in post
    for html in (page, post):
        assert "<script" not in html
        assert "style=" not in html
        assert 'href="javascript' not in html
