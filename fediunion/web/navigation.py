"""Where the pages lead: the entries of the menus, each once its page exists."""

from collections.abc import Iterable, Sequence
from typing import Final

from fediunion.feature import Entry, Menu
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.members.rights import rank_of


def open_to(entries: Iterable[Entry], role: str) -> list[Entry]:
    """Return the entries that lead to pages for who has that role."""
    return [entry for entry in entries if rank_of(role) >= rank_of(entry.least)]


def with_entries(menu: Menu, added: Sequence[Entry]) -> Sequence[Entry]:
    """Return a menu with the entries of features in their place, before the group of what is one's own."""
    entries, before = _PLACES[menu]
    place = next(number for number, entry in enumerate(entries) if entry.key == before)
    return (*entries[:place], *added, *entries[place:])


MEMBERS: Final = (
    Entry("home", "/home", Sentence("Home"), "home"),
    Entry("compose", "/compose", Sentence("Write"), "plus"),
    Entry("notifications", "/notifications", Sentence("Notifications"), "bell"),
    Entry("local", "/local", Sentence("This server"), "local"),
    Entry("conversations", "/conversations", Sentence("Conversations"), "direct", begins=True),
    Entry("follow-requests", "/follow-requests", Sentence("Follow requests"), "ask"),
    Entry("bookmarks", "/bookmarks", Sentence("Bookmarks"), "keep"),
    Entry("favourites", "/favourites", Sentence("Favourites"), "star"),
    Entry("lists", "/settings/lists", Sentence("Your lists"), "fold"),
    Entry("followed-tags", "/followed-tags", Sentence("Hashtags"), "feed"),
    Entry("front", "/", Sentence("First page"), "mark", begins=True),
    Entry("drafts", "/drafts", Sentence("Your drafts"), "log"),
    Entry("settings", "/settings", Sentence("Settings"), "settings"),
    Entry("admin", "/admin", Sentence("Run this server"), "shield", least=Role.MODERATOR),
    Entry("sign-out", "/sign-out", Sentence("Sign out"), "out", begins=True),
)
"""The rail of members."""

ADMINS: Final = (
    Entry("overview", "/admin", Sentence("Overview"), "chart", least=Role.MODERATOR),
    Entry("reports", "/admin/reports", Sentence("Reports"), "flag", least=Role.MODERATOR),
    Entry("members", "/admin/members", Sentence("Members"), "people", least=Role.MODERATOR),
    Entry("requests", "/admin/requests", Sentence("Requests for accounts"), "person", least=Role.MODERATOR),
    Entry("appeals", "/admin/appeals", Sentence("Appeals"), "ask", least=Role.MODERATOR),
    Entry("invites", "/admin/invites", Sentence("Invitations"), "plus", least=Role.MODERATOR),
    Entry("audit", "/admin/audit", Sentence("Audit log"), "log", least=Role.MODERATOR),
    Entry("policy", "/admin/servers", Sentence("Domain policy"), "shield", begins=True, least=Role.ADMIN),
    Entry("peers", "/admin/peers", Sentence("Peers"), "server", least=Role.ADMIN),
    Entry("deliveries", "/admin/deliveries", Sentence("Deliveries"), "direct", least=Role.ADMIN),
    Entry("email-domains", "/admin/email-domains", Sentence("E-mail domains"), "x", least=Role.ADMIN),
    Entry(
        "institutions",
        "/admin/institutions",
        Sentence("Boards and editors"),
        "vacancy",
        begins=True,
        least=Role.ADMIN,
    ),
    Entry("announcements", "/admin/announcements", Sentence("Announcements"), "bell", least=Role.ADMIN),
    Entry("pages", "/admin/pages", Sentence("Own pages"), "write", least=Role.ADMIN),
    Entry("emoji", "/admin/emoji", Sentence("Emoji"), "image", least=Role.ADMIN),
    Entry("appearance", "/admin/appearance", Sentence("Appearance"), "eye", least=Role.ADMIN),
    Entry("two-persons", "/admin/two-persons", Sentence("Acts of two"), "sign", least=Role.ADMIN),
    Entry("settings", "/admin/settings", Sentence("Settings"), "settings", least=Role.ADMIN),
    Entry("back", "/home", Sentence("Back to your pages"), "home", begins=True, least=Role.MODERATOR),
)
"""The rail of who runs the instance. Moderators see only what their role may open."""

SEARCH: Final = "/search"
"""Where the search of members is."""

ACCOUNT: Final = "/settings"
"""Where the face in the corner leads."""

STRANGERS: Final = (
    Entry("front", "/", Sentence("News")),
    Entry("about", "/about", Sentence("Who we are")),
)
"""The masthead of public pages."""

FOOT: Final = (
    Entry("about", "/about", Sentence("About and contact")),
    Entry("own-pages", "/pages", Sentence("More about us")),
    Entry("rules", "/rules", Sentence("Rules")),
    Entry("privacy", "/privacy", Sentence("Privacy")),
    Entry("transparency", "/transparency", Sentence("Transparency")),
)
"""The foot of public pages."""

_PLACES: Final = {
    Menu.MEMBERS: (MEMBERS, "conversations"),
    Menu.OFFICERS: (ADMINS, "institutions"),
    Menu.STRANGERS: (STRANGERS, "about"),
}
