"""Every page of the web with an example address, and who looks at it: what a walk visits."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.routing import Route

from fediunion.installed import routes
from fediunion.web.routes import Who

STRANGER: Final = ""
MEMBER: Final = "ana"
OWNER: Final = "olga"
CAREFUL: Final = "fio"
HALFWAY: Final = "halfway"
SUSPENDED: Final = "suspended"
"""Names of the cookies in `Peopled`: fio has second factors, and is between both steps in another browser.
The last is of a browser in which a suspended member showed the password."""

NO_PAGES: Final = frozenset(
    {
        *("/manifest.webmanifest", "/robots.txt", "/favicon.ico", "/appearance.css"),
        *("/static/{name}", "/static/{version}/{name:path}", "/oauth/authorize/"),
        *("/@{name}/feed.atom", "/@{name}/feed.rss", "/@{name}/feed.json"),
        *("/home/newer", "/local/newer", "/network/newer", "/lists/{id:int}/newer", "/compose/receivers"),
        *("/live/home", "/live/local", "/live/network", "/live/lists/{id:int}"),
        *("/vacancies.json", "/vacancies.jsonld", "/vacancies.jsonfeed", "/vacancies.atom", "/vacancies.rss"),
        *("/vacancies.ics", "/vacancies.csv", "/vacancies/{slug}/closing.ics"),
        *("/vacancies/subscription.atom", "/vacancies/search.png"),
        *("/vacancies/{slug}/posting.json", "/boards/template.csv", "/vacancies/follow"),
        *("/campaigns.json", "/campaigns.jsonfeed", "/campaigns.atom", "/campaigns.rss"),
        *("/campaigns/{slug}/call.json", "/campaigns/{slug}/qr.svg", "/campaigns/{slug}/embed"),
        *("/campaigns/{slug}/letters/{number:int}/letter.pdf", "/admin/campaigns/{slug}/live"),
        *("/admin/campaigns/{slug}/signatures.csv", "/admin/campaigns/{slug}/signatures.json"),
        *("/admin/servers/export.csv", "/settings/archive/{id:int}", "/settings/transfers/{name}"),
    }
)
"""What answers a GET and is no page: files, feeds, streams, and parts that a script puts into a page."""

ADDRESSES: Final[Mapping[str, str]] = {
    "/oauth/authorize": "/oauth/authorize?response_type=code&scope=read&client_id=%(client)s"
    "&redirect_uri=urn:ietf:wg:oauth:2.0:oob",
    "/interact": "/interact?intent=reply&uri=%(uri)s",
    "/authorize_interaction": "/authorize_interaction?uri=https://far.example/users/layla",
    "/share": "/share?text=Words",
    "/search": "/search?q=council",
    "/invite/{code}": "/invite/%(invite)s",
    "/password/new": "/password/new?token=%(password_link)s",
    "/settings/email/confirm": "/settings/email/confirm?token=%(new_email_link)s",
    "/settings/email/undo": "/settings/email/undo?token=%(old_email_link)s",
    "/confirm-email": "/confirm-email?token=%(confirmation)s",
    "/erased": "/erased?token=%(receipt)s",
    "/settings/security/passkeys/{id:int}/remove": "/settings/security/passkeys/%(passkey)s/remove",
    "/sign-in/suspended": "/sign-in/suspended?token=%(suspension_link)s",
    "/tags/{tag}": "/tags/staffrights",
    "/pages/{slug}": "/pages/house",
    "/@{name}": "/@ana",
    "/@{name}/with_replies": "/@ana/with_replies",
    "/@{name}/media": "/@ana/media",
    "/@{name}/{slug}": "/@ana/%(slug)s",
    "/@{name}/{slug}/history": "/@ana/%(slug)s/history",
    "/lists/{id:int}": "/lists/%(list)s",
    "/settings/lists/{id:int}": "/settings/lists/%(list)s",
    "/settings/filters/{id:int}": "/settings/filters/%(filter)s",
    "/settings/transfers/imports/{id:int}": "/settings/transfers/imports/%(import)s",
    "/conversations/{id:int}": "/conversations/%(conversation)s",
    "/posts/{id:int}": "/posts/%(post)s",
    "/posts/{id:int}/delete": "/posts/%(post)s/delete",
    "/posts/{id:int}/favourites": "/posts/%(post)s/favourites",
    "/posts/{id:int}/boosts": "/posts/%(post)s/boosts",
    "/posts/{id:int}/quoting": "/posts/%(post)s/quoting",
    "/posts/{id:int}/history": "/posts/%(post)s/history",
    "/report/{id:int}": "/report/%(ben)s",
    "/vacancies/unsubscribe": "/vacancies/unsubscribe?member=%(mails_of_ana)s",
    "/vacancies/{slug}": "/vacancies/%(vacancy)s",
    "/boards/{name}": "/boards/jobs",
    "/boards/{name}/import": "/boards/jobs/import",
    "/boards/{name}/watched": "/boards/jobs/watched",
    "/boards/{name}/new": "/boards/jobs/new",
    "/boards/{name}/{slug}": "/boards/jobs/%(draft)s",
    "/boards/{name}/{slug}/publish": "/boards/jobs/%(draft)s/publish",
    "/boards/{name}/{slug}/extend": "/boards/jobs/%(vacancy)s/extend",
    "/boards/{name}/{slug}/end": "/boards/jobs/%(vacancy)s/end",
    "/campaigns/confirm": "%(call_confirm)s",
    "/campaigns/withdraw": "%(call_withdraw)s",
    "/campaigns/consent": "%(call_consent)s",
    "/campaigns/consent/give": "%(call_news)s",
    "/campaigns/pledge/confirm": "%(call_pledge)s",
    "/campaigns/pledge/withdraw": "%(call_unpledge)s",
    "/campaigns/{slug}": "/campaigns/%(call)s",
    "/campaigns/{slug}/clap": "/campaigns/%(call)s/clap",
    "/campaigns/{slug}/embed/how": "/campaigns/%(call)s/embed/how",
    "/campaigns/{slug}/letters/{number:int}": "/campaigns/%(call)s/letters/0",
    "/admin/campaigns/{slug}": "/admin/campaigns/%(call)s",
    "/admin/campaigns/{slug}/edit": "/admin/campaigns/%(call_draft)s/edit",
    "/admin/campaigns/{slug}/publish": "/admin/campaigns/%(call_draft)s/publish",
    "/admin/campaigns/{slug}/close": "/admin/campaigns/%(call)s/close",
    "/admin/campaigns/{slug}/clap": "/admin/campaigns/%(call_draft)s/clap",
    "/admin/campaigns/{slug}/sponsors": "/admin/campaigns/%(call)s/sponsors",
    "/admin/campaigns/{slug}/resolutions": "/admin/campaigns/%(call)s/resolutions",
    "/admin/campaigns/{slug}/messages": "/admin/campaigns/%(call)s/messages",
    "/admin/unions/relations/{id:int}/suspend": "/admin/unions/relations/%(relation)s/suspend",
    "/admin/unions/relations/{id:int}/end": "/admin/unions/relations/%(relation)s/end",
    "/admin/unions/peers/{host}": "/admin/unions/peers/%(union_host)s",
    "/admin/exports/{id:int}": "/admin/exports/%(export)s",
    "/admin/reports/{id:int}": "/admin/reports/%(report)s",
    "/admin/members/{id:int}": "/admin/members/%(ana)s",
}
"""Addresses of pages that need more than their path; `%(...)s` stands for what `Peopled.things` has."""

_VIEWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "/oauth/authorize": (MEMBER,),
    "/sign-in": (STRANGER,),
    "/join": (STRANGER,),
    "/join/mail": (STRANGER,),
    "/sign-out": (MEMBER,),
    "/settings/invites": (OWNER,),
    "/@{name}/{slug}": (STRANGER,),
    "/@{name}/{slug}/history": (STRANGER,),
    "/sign-in/second": (HALFWAY,),
    "/sign-in/suspended": (SUSPENDED,),
    "/settings/security": (MEMBER, CAREFUL),
    # In development it leads on at once: an office asks for no second factor there.
    "/settings/security/office": (),
    "/settings/security/app/remove": (CAREFUL,),
    "/settings/security/passkeys/{id:int}/remove": (CAREFUL,),
}
"""Who looks, where that is not everybody for whom the route is."""


@dataclass(frozen=True)
class Example:
    """A page: the path of its route, an address of it, and the names of those who look at it."""

    path: str
    address: str
    viewers: tuple[str, ...]


def page_examples() -> Iterator[Example]:
    """Yield all pages of all features: one that needs no more than its path is its own example."""
    for route in routes():
        if isinstance(route, Route) and "GET" in (route.methods or ()) and route.path not in NO_PAGES:
            who = inspect.getclosurevars(route.endpoint).nonlocals.get("to")
            if isinstance(who, Who):
                address = ADDRESSES.get(route.path, route.path)
                yield Example(route.path, address, _VIEWERS.get(route.path, _usual(who)))


def _usual(who: Who) -> tuple[str, ...]:
    if who is Who.ANYBODY:
        return (STRANGER, MEMBER)
    return (MEMBER,) if who is Who.MEMBER else (OWNER,)
