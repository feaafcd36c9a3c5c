"""Posts from elsewhere: every spelling that servers use, and the limits of what is taken."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fediunion.activitypub.parse import parse_object
from fediunion.activitypub.shown import shown_html, shown_warning
from fediunion.activitypub.vocab import (
    POST_CLASSES,
    PUBLIC,
    ApprovalRule,
    Event,
    Note,
    PostDocument,
    Question,
    UnknownObject,
    is_poll_vote,
)
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject

AUTHOR = "https://good.example/actors/1"
FOLLOWERS = f"{AUTHOR}/followers"


def post(type: object = "Note", **more: object) -> JsonObject:
    return {
        "id": "https://good.example/p/1",
        "type": type,
        "attributedTo": AUTHOR,
        "content": "<p>Hi</p>",
    } | more


def read(type: object = "Note", **more: object) -> PostDocument:
    document = parse_object(post(type, **more))
    assert isinstance(document, PostDocument)
    return document


@pytest.mark.parametrize("cls", POST_CLASSES, ids=lambda cls: cls.type_name)
def test_every_post_type_is_read_as_its_class(cls: type[Any]) -> None:
    document = read(cls.type_name)
    assert type(document) is cls
    assert document.author == AUTHOR


def test_of_several_types_the_first_supported_counts() -> None:
    assert isinstance(read(["Note", "https://x.example/Vacancy"]), Note)
    assert isinstance(read(["https://x.example/Vacancy", "Note"]), Note)
    assert isinstance(read(["Event", "Note"]), Event)
    assert isinstance(read("as:Note"), Note)


def test_an_unknown_type_is_kept_raw_and_shown_as_title_summary_and_link() -> None:
    document = read("x:Recipe", name="Soup <b>", summary="<p>Hot</p>", url="https://good.example/soup")
    assert isinstance(document, UnknownObject)
    assert (document.type, document.raw["type"]) == ("x:Recipe", "x:Recipe")
    assert shown_html(document) == (
        "<p><strong>Soup &lt;b&gt;</strong></p><p>Hot</p>"
        '<p><a href="https://good.example/soup" rel="nofollow noopener noreferrer">https://good.example/soup</a></p>'
    )


def test_titles_are_shown_above_and_content_warnings_apart() -> None:
    assert (
        shown_html(read("Article", name="News", summary="short"))
        == "<p><strong>News</strong></p><p>short</p><p>Hi</p>"
    )
    note = read(summary="<b>strike</b>\npictures", content="<p>Hi<script>x</script></p>")
    assert (shown_html(note), shown_warning(note)) == ("<p>Hi</p>", "strike pictures")
    assert shown_warning(read("Article", summary="short")) == ""


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (PUBLIC, (PUBLIC,)),
        ("as:Public", (PUBLIC,)),
        (["Public", PUBLIC], (PUBLIC,)),
        ({"id": FOLLOWERS}, (FOLLOWERS,)),
        ([FOLLOWERS, {"id": AUTHOR}, FOLLOWERS], (FOLLOWERS, AUTHOR)),
        ("public", ()),
        ("as:public", ()),
        ("https://www.w3.org/ns/activitystreams#public", ("https://www.w3.org/ns/activitystreams#public",)),
        ([7, None, ["https://x.example"], {"a": 1}, "x"], ()),
        (None, ()),
    ],
)
def test_P19_the_public_has_three_spellings_and_nothing_else_is_public(
    to: object, expected: tuple[str, ...]
) -> None:
    assert read(to=to).to == expected
    assert read(cc=to).cc == expected


def test_P16_ten_thousand_recipients_are_capped() -> None:
    assert len(read(to=[f"https://good.example/actors/{n}" for n in range(10_000)]).to) == 1000


def test_P17_tags_attachments_and_options_are_capped() -> None:
    tag: list[JsonObject] = [{"type": "Hashtag", "name": f"#tag{n}"} for n in range(2000)]
    assert len(read(tag=tag).hashtags) == 100
    tag = [{"type": "Mention", "href": f"https://good.example/actors/{n}"} for n in range(500)]
    assert len(read(tag=tag).mentions) == 100
    icon = {"type": "Image", "url": "https://good.example/e.png"}
    tag = [{"type": "Emoji", "name": f":e{n}:", "icon": icon} for n in range(200)]
    assert len(read(tag=tag).emojis) == 100
    files = [{"type": "Document", "url": f"https://good.example/{n}.png"} for n in range(100)]
    assert len(read(attachment=files).attachments) == 32
    question = read("Question", oneOf=[{"type": "Note", "name": f"option {n}"} for n in range(1000)])
    assert isinstance(question, Question)
    assert len(question.options) == 500


@pytest.mark.parametrize(
    "published",
    [
        *(
            "0000-01-01T00:00:00Z",
            "2026-11-22T09:00:00",
            "2026-11-22T09:00:00+25:00",
            "yesterday",
            "",
            "9" * 99,
        ),
        *(7, None, ["x"]),
    ],
)
def test_P15_a_moment_that_is_none_is_left_out(published: object) -> None:
    assert read(published=published).published is None


def test_P15_moments_are_read_in_utc_with_any_offset() -> None:
    nine = datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert read(published="2026-11-22T10:00:00+01:00", updated="2026-11-22T09:00:00.000Z").published == nine
    assert read(updated="2026-11-22T09:00:00.000Z").updated == nine
    assert read(published="9999-12-31T23:59:59-01:00").published is None


def test_P18_bad_languages_are_ignored_by_themselves() -> None:
    document = read(contentMap={"en_GB!": "x", "de": 7, "fr": "<p>Salut</p>", "en": "<p>Hi</p>"})
    assert (document.language, set(document.content_map)) == ("en", {"fr", "en"})
    assert read(contentMap={}).language is None
    assert (
        len(read(contentMap={f"a{chr(97 + n // 26)}{chr(97 + n % 26)}": "x" for n in range(500)}).content_map)
        == 32
    )


def test_the_language_is_the_one_whose_text_is_the_content_else_the_first() -> None:
    assert read(contentMap={"fr": "<p>Salut</p>", "de": "<p>Hallo</p>"}).language == "fr"
    only_map = parse_object(
        {"id": "https://good.example/p/1", "type": "Note", "contentMap": {"cy": "<p>Helo</p>"}}
    )
    assert isinstance(only_map, Note)
    assert (only_map.content, only_map.language) == ("<p>Helo</p>", "cy")
    assert read(language={"identifier": "eo", "name": "Esperanto"}).language == "eo"
    assert read("Event", inLanguage="it").language == "it"


def test_H08_emoji_without_a_harmless_picture_are_dropped() -> None:
    def emoji(name: str, icon: object) -> JsonObject:
        return {"type": "Emoji", "name": name, "icon": icon}

    tag = [
        emoji(":a:", {"url": "javascript:alert(1)"}),
        emoji(":b:", {"url": "https://good.example/b.svg"}),
        emoji(":c:", {"url": "https://good.example/c", "mediaType": "image/svg+xml"}),
        emoji(":d", "https://good.example/d.png"),
        emoji(':e"><script>:', {"url": "https://good.example/e.png"}),
        emoji(":f:", None),
    ]
    assert [emoji.shortcode for emoji in read(tag=tag).emojis] == ["d"]


def test_a_single_tag_and_tags_as_plain_words_are_understood() -> None:
    assert read(tag={"type": "Hashtag", "name": "#Leeds"}).hashtags == ("Leeds",)
    assert read(
        tag=["moo", {"type": ["Hashtag"], "name": "MOO"}, {"type": "Hashtag", "name": "a b"}]
    ).hashtags == ("moo",)


@pytest.mark.parametrize(
    "members",
    [
        {"quote": "https://x.example/q", "quoteUrl": "https://y.example/other"},
        {"quote": {"id": "https://x.example/q", "type": "Note"}},
        {"quoteUrl": "https://x.example/q"},
        {"quoteUri": "https://x.example/q"},
        {"_misskey_quote": "https://x.example/q"},
        {"tag": {"type": "Link", "mediaType": "application/activity+json", "href": "https://x.example/q"}},
        {
            "tag": {
                "type": "Link",
                "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
                "rel": "https://misskey-hub.net/ns#_misskey_quote",
                "href": "https://x.example/q",
            }
        },
    ],
)
def test_a_quote_is_read_in_every_spelling(members: JsonObject) -> None:
    assert read(**members).quote_uri == "https://x.example/q"


def test_a_link_tag_with_another_purpose_is_no_quote() -> None:
    tag = {
        "type": "Link",
        "mediaType": "application/activity+json",
        "href": "https://x.example/q",
        "rel": "license",
    }
    assert read(tag=tag).quote_uri is None


def test_an_interaction_policy_is_read_in_both_namings() -> None:
    policy = read(
        interactionPolicy={"canQuote": {"automaticApproval": "as:Public"}, "canReply": {"always": [AUTHOR]}}
    )
    assert policy.interaction_policy is not None
    assert policy.interaction_policy.can_quote == ApprovalRule(automatic=(PUBLIC,))
    assert policy.interaction_policy.can_reply == ApprovalRule(automatic=(AUTHOR,))
    assert policy.interaction_policy.can_like is None
    assert read(interactionPolicy="anything").interaction_policy is None


def test_counts_are_read_from_embedded_collections_and_nonsense_is_not() -> None:
    document = read(
        likes={"id": "https://good.example/l", "type": "Collection", "totalItems": 7},
        shares={"totalItems": -1},
        replies={
            "id": "https://good.example/r",
            "first": {"items": ["https://good.example/p/2", {"id": "x"}]},
        },
    )
    assert (document.likes, document.likes_count, document.shares_count) == (
        "https://good.example/l",
        7,
        None,
    )
    assert (document.replies, document.reply_uris) == (
        "https://good.example/r",
        ("https://good.example/p/2",),
    )
    assert read(likes={"totalItems": True}).likes_count is None


def test_a_vote_is_told_from_a_post() -> None:
    vote = {"name": "Yes", "inReplyTo": "https://us.example/notes/1", "content": None}
    assert is_poll_vote(read(**vote))
    assert is_poll_vote(read(**(vote | {"content": ""})))
    assert not is_poll_vote(read(**(vote | {"content": "<p>I mean it</p>"})))
    assert not is_poll_vote(read(**(vote | {"inReplyTo": None})))
    assert not is_poll_vote(read("Article", **vote))


def test_plain_text_and_markdown_are_shown_as_they_stand() -> None:
    assert (
        read("Video", content="a <b>\n\n**c**", mediaType="text/markdown").content
        == "<p>a &lt;b&gt;</p><p>**c**</p>"
    )


@pytest.mark.parametrize("document", [post(id=None), post(id="x"), post(type=None), post(type=7)])
def test_P13_a_fetched_post_without_id_or_type_is_refused(document: JsonObject) -> None:
    with pytest.raises(BadDocument):
        parse_object(document)
