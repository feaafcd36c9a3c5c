"""What the demo prints: where to look, how to log in, what to try."""

import sys
from collections.abc import Mapping, Sequence

from fediunion.cli.demo.campaigning import Watched
from fediunion.cli.demo.cast import Cast
from fediunion.cli.demo.seeding import Login
from fediunion.cli.output import print_rows


def print_guide(
    cast: Cast, addresses: Mapping[str, str], logins: Sequence[Login], watched: Watched | None
) -> None:
    """Write to standard output the addresses by union, the logins, and a few things to try."""
    write = sys.stdout.write
    write("\nThree unions run on this machine and federate with each other. Open:\n\n")
    for union in cast.unions:
        write(f"  {addresses[union.name]}/  {union.title}\n")
    write("\nMembers sign in at /sign-in or through any Mastodon app; the token is for curl:\n\n")
    rows = [
        {
            "who": f"{login.username}@{_host(addresses[login.union])}",
            "seen from outside": login.reach,
            "password": login.password,
            "token": login.token,
        }
        for login in logins
    ]
    print_rows(rows, ("who", "seen from outside", "password", "token"), as_json=False)
    reader = next(login for login in logins if login.username == "otieno")
    here = addresses[reader.union]
    write(
        f"""
To try:

  {addresses["nairobisu"]}/vacancies
      is the hiring hall: the vacancies of all three unions, which closed ones leave by themselves.
  {addresses["ictysu"]}/vacancies?country=KE&grade=P-3,P-4
      is a search; its account can be followed from any server, and tells of each match once.
  {addresses["ccisua"]}/unions
      is the network of unions, as each of them may check.
{_boost(watched)}  {addresses["ccisua"]}/@marta.v
      is a page for people; servers get the same as ActivityPub:
  curl -H 'Accept: application/activity+json' {addresses["ccisua"]}/@marta.v
  curl '{addresses["nairobisu"]}/.well-known/webfinger?resource=acct:otieno@{_host(here)}'
      says where otieno lives; ask for hr-watcher at {_host(addresses["ictysu"])}: nobody of that name.
  curl -H 'Authorization: Bearer {reader.token}' {here}/api/v1/timelines/home
      is otieno's home timeline, with posts of all three unions.
  {here}/settings/apps
      is where otieno sees which apps may act for the account, and ends them.

Ctrl-C stops all three. The next start finds everything as it was.
"""
    )
    sys.stdout.flush()


def _boost(watched: Watched | None) -> str:
    if watched is None:
        return ""
    moment = f"{watched.at:%d %B at %H:%M:%S} (UTC)"
    boosts = (
        f"was boosted together on {moment}: the page says how that went."
        if watched.over
        else f"is boosted together on {moment}, within a minute: watch the page."
    )
    return f"""  {watched.page}
      is a call that all three unions carry; their members have signed it, each at home. It
      {boosts}
"""


def _host(address: str) -> str:
    return address.partition("://")[2]
