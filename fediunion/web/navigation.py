"""Where the pages lead: the entries of the menus, each once its page exists."""

from dataclasses import dataclass
from typing import Final

from fediunion.kit.sentences import Sentence


@dataclass(frozen=True)
class Entry:
    """One entry of a menu. `key` is what a page gives as `active`; `icon` a symbol of the sprite.

    `begins` a group of its own, under a rule. On a phone the first four entries make the bar at the
    bottom; the others are on the page behind the fifth, /more.
    """

    key: str
    path: str
    label: Sentence
    icon: str = ""
    begins: bool = False


MEMBERS: Final = (
    Entry("front", "/", Sentence("First page"), "home"),
    Entry("apps", "/settings/apps", Sentence("Your apps"), "settings"),
    Entry("sign-out", "/sign-out", Sentence("Sign out"), "out", begins=True),
)
"""The rail of members."""

ADMINS: Final = (Entry("back", "/settings/apps", Sentence("Back to your pages"), "home"),)
"""The rail of who runs the instance. Moderators see only what their role may open."""

SEARCH: Final = ""
"""Where the search of members is, "" while there is none."""

ACCOUNT: Final = "/settings/apps"
"""Where the face in the corner leads."""

STRANGERS: Final[tuple[Entry, ...]] = ()
"""The masthead of public pages."""

FOOT: Final[tuple[Entry, ...]] = ()
"""The foot of public pages."""
