"""HTML that goes onto pages as it is: the one door for it."""

from markupsafe import Markup


def already_clean(html: str) -> Markup:
    """Return HTML as templates print it unescaped.

    For what `clean_html` or `markdown_to_html` made, and for nothing else: when it was stored (posts,
    versions, announcements, profiles, pages of ours, texts of vacancies), or just now. What anybody typed or
    sent goes to templates as text, which they escape.
    """
    return Markup(html)  # noqa: S704 - the rule is above
