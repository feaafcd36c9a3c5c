"""toot, the client of the terminal, logs in as its users do, and does what they do all day."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mastodon import Mastodon

from tests.clients.person import Person
from tests.federation.processes import UnionProcess
from tests.processes.running import PATIENCE_SECONDS, environment


class Terminal:
    """Commands of toot, as somebody types them who has logged in."""

    def __init__(self, commands: Any, folder: Path) -> None:
        self._commands = commands
        self._environment = {"XDG_CONFIG_HOME": str(folder)}

    def run(self, *words: str | Path) -> str:
        """Return what a command prints."""
        done = CliRunner().invoke(
            self._commands, [str(word) for word in words], env=self._environment, catch_exceptions=False
        )
        assert done.exit_code == 0, f"toot {words}: {done.output}"
        return done.output

    def read(self, *words: str | Path) -> Any:
        """Return the JSON that a command prints."""
        return json.loads(self.run(*words, "--json"))


@pytest.fixture(scope="module")
def tova(unions: tuple[UnionProcess, UnionProcess], person: Callable[[UnionProcess, str], Person]) -> Person:
    return person(unions[0], "tova")


@pytest.fixture(scope="module")
def toot(tova: Person, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A terminal in which Tova logged in: toot shows an address and asks for the code."""
    folder = tmp_path_factory.mktemp("home")
    with subprocess.Popen(
        [sys.executable, "-m", "toot", "login", "-i", tova.base_url],
        env=environment({"XDG_CONFIG_HOME": str(folder)}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as login:
        assert login.stdin is not None
        assert login.stdout is not None
        while "Login URL" not in login.stdout.readline():
            assert login.poll() is None, "toot gave up"
        address = login.stdout.readline().strip()
        said, _ = login.communicate(f"n\n{tova.code_for(address)}\n", timeout=PATIENCE_SECONDS)
        assert "Successfully logged in" in said
    with pytest.MonkeyPatch.context() as patch:
        # It reads its settings when it is imported.
        patch.setenv("XDG_CONFIG_HOME", str(folder))
        from toot.cli import cli
    return Terminal(cli, folder)


def test_it_knows_who_is_logged_in_and_where(toot: Terminal, tova: Person) -> None:
    assert toot.read("whoami")["acct"] == "tova"
    assert tova.union.domain in toot.run("instance")
    assert "@tova" in toot.run("whoami")


def test_it_posts_a_picture_with_its_description(toot: Terminal, photograph: Path) -> None:
    posted = toot.read(
        *("post", "On strike", "--media", photograph, "--description", "The gate at six"),
        *("--spoiler-text", "Strike", "--sensitive", "--language", "en", "--visibility", "unlisted"),
    )
    [attached] = posted["media_attachments"]
    assert attached["description"] == "The gate at six"
    assert (posted["spoiler_text"], posted["sensitive"], posted["visibility"]) == ("Strike", True, "unlisted")
    assert attached["url"] in toot.run("status", posted["id"])


def test_it_asks_and_votes(toot: Terminal, reader: Mastodon) -> None:
    asked = toot.read("post", "When?", "--poll-option", "Monday", "--poll-option", "Tuesday")
    reader.poll_vote(asked["poll"]["id"], 1)
    assert toot.read("polls", "show", asked["poll"]["id"])["votes_count"] == 1
    other = reader.status_post("Where?", poll=reader.make_poll(["Here", "There"], 3600))
    assert toot.read("polls", "vote", str(other.poll.id), "1")["own_votes"] == [1]


def test_it_replies_and_shows_the_thread(toot: Terminal, reader: Mastodon) -> None:
    posted = reader.status_post("Who takes Sunday?")
    reply = toot.read("post", "@ana I do", "--reply-to", str(posted.id))
    assert reply["in_reply_to_id"] == posted.id
    assert "Who takes Sunday?" in toot.run("thread", str(posted.id))
    assert "I do" in toot.run("thread", str(posted.id))


def test_it_boosts_favourites_bookmarks_and_pins_and_takes_it_back(toot: Terminal, reader: Mastodon) -> None:
    posted = str(reader.status_post("Pass it on").id)
    assert toot.read("reblog", posted)["reblog"]["id"] == posted
    assert [each["acct"] for each in toot.read("reblogged-by", posted)] == ["tova"]
    assert not toot.read("unreblog", posted)["reblogged"]
    assert toot.read("favourite", posted)["favourited"]
    assert not toot.read("unfavourite", posted)["favourited"]
    assert toot.read("bookmark", posted)["bookmarked"]
    assert "Pass it on" in toot.run("bookmarks", "--once")
    assert not toot.read("unbookmark", posted)["bookmarked"]
    own = toot.read("post", "On top")["id"]
    assert toot.read("pin", own)["pinned"]
    assert not toot.read("unpin", own)["pinned"]


def test_it_follows_lists_and_reads_timelines(toot: Terminal, reader: Mastodon) -> None:
    assert toot.read("follow", "@ana")["following"]
    assert [account["acct"] for account in toot.read("following", "tova")] == ["ana"]
    toot.run("lists", "create", "Ward")
    toot.run("lists", "add", "Ward", "@ana")
    assert [account["acct"] for account in toot.read("lists", "accounts", "Ward")] == ["ana"]
    text = "For those who follow"
    reader.status_post(text)
    for timeline in (("home",), ("list", "Ward"), ("account", "ana"), ("public", "--local")):
        assert text in toot.run("timelines", *timeline, "--no-pager", "--no-clear"), timeline
    toot.run("lists", "remove", "Ward", "@ana")
    toot.run("lists", "delete", "Ward")
    assert toot.read("lists", "list") == []
    assert not toot.read("unfollow", "@ana")["following"]


def test_it_mutes_and_blocks(toot: Terminal) -> None:
    assert toot.read("mute", "@ana")["muting"]
    assert [account["acct"] for account in toot.read("muted")] == ["ana"]
    assert not toot.read("unmute", "@ana")["muting"]
    assert toot.read("block", "@ana")["blocking"]
    assert [account["acct"] for account in toot.read("blocked")] == ["ana"]
    assert not toot.read("unblock", "@ana")["blocking"]


def test_it_follows_and_features_tags(toot: Terminal, reader: Mastodon) -> None:
    assert toot.read("tags", "follow", "picket")["following"]
    assert [tag["name"] for tag in toot.read("tags", "followed")] == ["picket"]
    reader.status_post("Bring tea to the #picket")
    assert "Bring tea" in toot.run("timelines", "tag", "picket", "--no-pager", "--no-clear")
    assert not toot.read("tags", "unfollow", "picket")["following"]
    assert toot.read("tags", "feature", "wages")["name"].lower() == "wages"
    assert [tag["name"] for tag in toot.read("tags", "featured")] == ["wages"]
    toot.run("tags", "unfeature", "wages")


def test_it_searches_and_is_told(toot: Terminal, reader: Mastodon) -> None:
    assert [account["acct"] for account in toot.read("search", "tova")["accounts"]] == ["tova"]
    posted = toot.read("post", "Tell me of #tariffs")
    assert [tag["name"] for tag in toot.read("search", "#tarif")["hashtags"]] == ["tariffs"]
    assert "tariffs" in toot.run("search", "#tarif")
    assert [each["id"] for each in toot.read("search", posted["url"])["statuses"]] == [posted["id"]]
    reader.status_favourite(posted["id"])
    told = toot.read("notifications", "--type", "favourite")
    assert told[0]["status"]["id"] == posted["id"]
    assert "favourited" in toot.run("notifications")
    toot.run("notifications", "--clear")
    assert toot.read("notifications") == []


def test_it_changes_the_profile(toot: Terminal, photograph: Path) -> None:
    changed = toot.read(
        "update-account", "--display-name", "Tova T.", "--note", "Days", "--avatar", photograph
    )
    assert (changed["display_name"], changed["note"]) == ("Tova T.", "<p>Days</p>")
    assert changed["avatar"].startswith("http")


def test_it_keeps_a_post_for_later(toot: Terminal) -> None:
    kept = toot.read("post", "A draft", "--scheduled-in", "2 hours")
    assert kept["params"]["text"] == "A draft"


def test_it_deletes(toot: Terminal, tova: Person) -> None:
    posted = toot.read("post", "Said too early")
    assert "deleted" in toot.run("delete", posted["id"])
    assert tova.union.get(f"/api/v1/statuses/{posted['id']}").status_code == 404
