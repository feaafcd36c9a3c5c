"""Where a server lets its people act on something: templates of addresses, from its WebFinger (FEP-3b86)."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from fediunion.activitypub.webfinger import INTENT_REL, SUBSCRIBE_REL

_PLACE: Final = re.compile(r"\{([A-Za-z-]+)\}")


def ways_to(intent: str, templates: Mapping[str, str]) -> list[str]:
    """Return the templates to try for an intent such as "Announce", the best first.

    For the intent itself, for looking at the thing, and the older way that Mastodon and its kin know.
    """
    own = templates.get(f"{INTENT_REL}{intent}", "")
    # Without a place for what it answers, the form for new posts would begin a post about nothing.
    fits = own if intent != "Create" or "{inReplyTo}" in own else ""
    return [
        each for each in (fits, templates.get(f"{INTENT_REL}Object"), templates.get(SUBSCRIBE_REL)) if each
    ]


def fill(template: str, uri: str) -> str:
    """Return a template with `uri` in its places; what we know nothing for is empty.

    Source: FEP-3b86, section 3.2
    """
    known = dict.fromkeys(("object", "uri", "inReplyTo"), quote(uri, safe=""))
    return _PLACE.sub(lambda place: known.get(place[1], ""), template)
