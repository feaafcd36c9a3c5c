"""What people see of a received post: safe HTML and a content warning, whatever type it is."""

from fediunion.activitypub.vocab_posts import Note, PostDocument, Question, UnknownObject
from fediunion.kit.html import clean_html, escape, html_to_text, plain_name

MAX_TITLE_CHARACTERS = 300
MAX_WARNING_CHARACTERS = 500


def shown_html(post: PostDocument) -> str:
    """Return the post as clean HTML.

    A Note or Question is its content. Others have their title as a bold paragraph, then the abstract, then
    the content. Of a type that nobody knows only title, abstract and a link to the original are shown,
    because its content may need software that we are not (Mastodon does so with every other type).
    """
    content = clean_html(post.content or "")
    if isinstance(post, Note | Question):
        return content
    parts: list[str] = []
    if title := plain_name(post.name or "", MAX_TITLE_CHARACTERS):
        parts.append(f"<p><strong>{escape(title)}</strong></p>")
    if abstract := html_to_text(post.summary or ""):
        parts.append(f"<p>{escape(abstract)}</p>")
    if isinstance(post, UnknownObject):
        address = post.url or post.id
        parts.append(
            clean_html(f'<p><a href="{escape(address)}">{escape(address)}</a></p>') if address else ""
        )
    else:
        parts.append(content)
    return "".join(parts)


def shown_warning(post: PostDocument) -> str:
    """Return the content warning as plain text, "" where there is none; only Notes and Questions have one."""
    if not isinstance(post, Note | Question) or post.summary is None:
        return ""
    return plain_name(html_to_text(post.summary), MAX_WARNING_CHARACTERS)
