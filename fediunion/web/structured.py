"""What pages tell machines: descriptions for link previews, and JSON-LD in the words of schema.org."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from fediunion.kit.clock import format_instant
from fediunion.kit.html import html_to_text, plain_name
from fediunion.web.shown import ShownPerson, ShownPost

LONGEST_DESCRIPTION: Final = 200
_SCRIPT: Final = Markup('<script type="application/ld+json">{}</script>')
# None of these can end the element, open a comment, or break a line of a script (H18).
_ESCAPES: Final = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def json_ld(value: Mapping[str, Any]) -> Markup:
    """Return a data block for the head of a page. It is no script: browsers do not run it.

    Source: https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents
    """
    text = json.dumps({"@context": "https://schema.org", **value}, ensure_ascii=False).translate(_ESCAPES)
    return _SCRIPT.format(Markup(text))  # noqa: S704 - nothing in it is markup any more


def description_of(content: str) -> str:
    """Return the beginning of what a person reads in clean HTML, on one line."""
    return plain_name(html_to_text(content), LONGEST_DESCRIPTION)


def description_of_post(post: ShownPost) -> str:
    """Return what a preview says of a post: behind a warning nothing but the warning (V11)."""
    return plain_name(post.warning, LONGEST_DESCRIPTION) if post.warning else description_of(post.content)


def profile_ld(
    person: ShownPerson, base_url: str, *, summary: str, same_as: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a ProfilePage about an institution or a public member. Source: https://schema.org/ProfilePage"""
    about = _author(person, base_url) | {
        "description": description_of(summary),
        "sameAs": list(same_as),
    }
    about = {name: value for name, value in about.items() if value}
    return {"@type": "ProfilePage", "mainEntity": about}


def post_ld(post: ShownPost, base_url: str, replies: Sequence[ShownPost] = ()) -> dict[str, Any]:
    """Return a post, with those of its replies whose authors agree to be found by search engines.

    Source: https://schema.org/DiscussionForumPosting
    """
    comments = [{"@type": "Comment", **_said(each, base_url)} for each in replies if each.listed]
    kind = "DiscussionForumPosting" if comments else "SocialMediaPosting"
    found = {"@type": kind, "headline": post.title or description_of_post(post), **_said(post, base_url)}
    return found | ({"comment": comments} if comments else {})


def absolute(path: str, base_url: str) -> str:
    """Return the whole address of what a page links to."""
    return f"{base_url}{path}" if path.startswith("/") else path


def _said(post: ShownPost, base_url: str) -> dict[str, Any]:
    said = {
        "url": absolute(post.path, base_url),
        "datePublished": format_instant(post.published_at),
        "inLanguage": post.language,
        "text": post.warning or html_to_text(post.content),
        "author": _author(post.author, base_url),
    }
    return {name: value for name, value in said.items() if value}


def _author(person: ShownPerson, base_url: str) -> dict[str, Any]:
    author = {
        "@type": "Organization" if person.is_institution else "Person",
        "name": person.name,
        "alternateName": person.handle,
        "url": absolute(person.path, base_url),
        "image": absolute(person.picture, base_url),
    }
    return {name: value for name, value in author.items() if value}
