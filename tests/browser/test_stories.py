"""Stories of members in Chromium, on two unions that federate with each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.peopled import Peopled, people
from tests.browser.stories import Keyboard, Person
from tests.processes.running import Instance, Server, stop_all, wait_until
from tests.social.media import samples

pytestmark = pytest.mark.browser
PASSWORD = "violet harbour kettle monsoon"


@dataclass(frozen=True)
class Union:
    """A running union and its people."""

    instance: Instance
    people: Peopled


@pytest.fixture(scope="module")
def unions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Union, Union]]:
    """Two running unions, north and south, each with ana, ben and olga, who runs it."""
    folder: Path = tmp_path_factory.mktemp("stories")
    made = []
    for name in ("north", "south"):
        instance = Instance.new(folder / name, name)
        _let_anybody_join(instance)
        made.append(Union(instance, people(instance)))
    servers = [Server("--config", union.instance.config, "serve") for union in made]
    yield made[0], made[1]
    stop_all(servers)


def _let_anybody_join(instance: Instance) -> None:
    """Let people in at once who give no address."""
    text = instance.config.read_text()
    changed = text.replace("# email_required = true", "email_required = false", 1)
    assert changed != text
    assert 'mode = "open"' in changed
    instance.config.write_text(changed)


@pytest.fixture
def north(unions: tuple[Union, Union]) -> Union:
    """The union at which most of it happens."""
    return unions[0]


def as_person(chromium: Browser, union: Union, name: str = "") -> Person:
    """Return a member in a window, or a stranger."""
    return Person(chromium, union.instance, union.people.cookies.get(name, ""))


def test_without_a_mouse_somebody_joins_posts_filters_and_signs_out(chromium: Browser, north: Union) -> None:
    with as_person(chromium, north, "ben") as ben:
        said = ben.open("/compose")
        said.get_by_label("Text", exact=True).fill("There are marmots in the archive")
        said.locator("input[name=audience][value=local] + label").click()
        ben.press("Publish")
    with as_person(chromium, north) as newcomer:
        page, keyboard = newcomer.open("/join"), Keyboard(newcomer)
        keyboard.write("Your name here", "quiet-otter")
        keyboard.choose(page.locator("#reach-2"))
        keyboard.write("Password", PASSWORD)
        keyboard.press("Join")
        expect(page.get_by_text("and signed in")).to_be_visible()
        newcomer.open("/compose")
        keyboard.write("Text", "The lift of tower B is out of order, and so are the marmots")
        keyboard.press("Publish")
        newcomer.open("/settings/filters/new")
        keyboard.write("Title", "Animals")
        keyboard.write("Words", "marmots")
        keyboard.press("Save")
        newcomer.open("/local")
        kept = page.locator("article.post", has_text="Filtered: Animals")
        expect(kept).to_have_count(1)
        expect(kept.get_by_text("There are marmots in the archive")).to_be_hidden()
        keyboard.to(kept.locator("summary"))
        page.keyboard.press("Enter")
        expect(kept.get_by_text("There are marmots in the archive")).to_be_visible()
        newcomer.open("/sign-out")
        keyboard.press("Sign out in this browser")
        newcomer.open("/settings")
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_a_post_with_a_picture_shows_it_with_its_description(
    chromium: Browser, north: Union, tmp_path: Path
) -> None:
    picture = tmp_path / "garden.png"
    picture.write_bytes(samples.picture(size=(640, 480)))
    with as_person(chromium, north, "ana") as ana, as_person(chromium, north) as stranger:
        page = ana.open("/compose")
        page.get_by_label("Text", exact=True).fill("The garden of the office")
        page.locator("input[name=audience][value=public] + label").click()
        page.locator("summary", has_text="Content warning, files").click()
        page.get_by_label("Pictures, films and sounds").set_input_files(picture)
        page.get_by_role("button", name="Publish", exact=True).click()
        # A picture without words is asked for them before anything is published.
        page.get_by_label("What is to be seen or heard").fill("Beds of tomatoes between two towers")
        # The page with that question came into the place of the other: its scripts are there too.
        page.locator("html[data-ready]").wait_for(state="attached")
        page.locator("img[data-focus]").click(position={"x": 4, "y": 4})
        expect(page.get_by_label("top, start")).to_be_checked()
        page.get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_text("Your post is published.")).to_be_visible()
        ana.open("/@ana")
        post = page.locator("article.post", has_text="The garden of the office")
        shown = post.get_by_alt_text("Beds of tomatoes between two towers")
        expect(shown.first).to_be_visible()
        stranger.open("/@ana")
        expect(stranger.page.get_by_text("The garden of the office")).to_be_visible()


def test_who_is_followed_across_two_unions_is_read_at_home(
    chromium: Browser, unions: tuple[Union, Union]
) -> None:
    north, south = unions
    with as_person(chromium, north, "ana") as ana, as_person(chromium, south, "ben") as ben:
        page = ana.open(f"/search?q=@ben@{south.instance.host}")
        ana.press("Ask its server")
        ana.press("Follow")

        def is_followed() -> bool:
            page.reload()
            return page.get_by_role("button", name="Unfollow", exact=True).count() > 0

        # What is said for followers reaches nobody who became one later.
        wait_until(is_followed)
        said = ben.open("/compose")
        said.get_by_label("Text", exact=True).fill("Greetings from the south")
        ben.press("Publish")

        def is_there() -> bool:
            ana.open("/home")
            return page.get_by_text("Greetings from the south").count() > 0

        wait_until(is_there)


def test_the_first_post_that_comes_live_takes_the_place_of_the_empty_page(
    chromium: Browser, north: Union
) -> None:
    with as_person(chromium, north) as newcomer:
        page = newcomer.open("/join")
        page.get_by_label("Your name here", exact=True).fill("early-wren")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        newcomer.press("Join")
        newcomer.open("/home")
        expect(page.get_by_text("You follow nobody who wrote something yet.")).to_be_visible()
        other = newcomer.context.new_page()
        other.goto(f"http://{north.instance.host}/compose")
        other.get_by_label("Text", exact=True).fill("Is anybody awake?")
        other.get_by_role("button", name="Publish", exact=True).click()
        page.get_by_role("button", name="1 new post", exact=True).click()
        expect(page.locator("article.post", has_text="Is anybody awake?")).to_be_visible()
        expect(page.get_by_text("You follow nobody who wrote something yet.")).to_have_count(0)


def test_the_reach_of_a_member_decides_what_is_seen_from_outside(chromium: Browser, north: Union) -> None:
    webfinger = f"/.well-known/webfinger?resource=acct:ben@{north.instance.host}"
    with as_person(chromium, north, "ben") as ben, as_person(chromium, north) as stranger:
        assert (stranger.status_of("/@ben"), stranger.status_of(webfinger)) == (200, 200)
        ben.open("/settings/reach").get_by_role("radio", name=re.compile("^Hidden")).check()
        ben.press("Save")
        assert (stranger.status_of("/@ben"), stranger.status_of(webfinger)) == (404, 404)
        assert ben.status_of("/@ben") == 200
        ben.open("/settings/reach").get_by_role("radio", name=re.compile("^Followable")).check()
        ben.press("Save")
        assert (stranger.status_of("/@ben"), stranger.status_of(webfinger)) == (404, 200)


def test_a_report_is_decided_with_a_reason_that_the_member_can_read(chromium: Browser, north: Union) -> None:
    things = north.people.things
    with as_person(chromium, north, "olga") as olga, as_person(chromium, north, "ana") as ana:
        page = olga.open(f"/admin/reports/{things['report']}")
        page.get_by_role("radio", name=re.compile("^Warn")).check()
        page.get_by_label("Reason, sent to the account").fill("Rule 2: no addresses of that length.")
        olga.press("Decide and close the report")
        expect(page.get_by_text("Open the report again")).to_be_visible()
        told = ana.open("/settings/decisions")
        expect(told.get_by_text("Rule 2: no addresses of that length.").first).to_be_visible()


def test_who_erases_the_account_is_told_who_knew_it_and_is_gone(chromium: Browser, north: Union) -> None:
    with as_person(chromium, north, "fio") as fio, as_person(chromium, north) as stranger:
        page = fio.open("/settings/erase")
        page.get_by_label(re.compile("Type the name of your account")).fill("fio")
        fio.press("Erase my account for ever")
        assert page.url.startswith(f"http://{north.instance.host}/erased?token=")
        assert stranger.status_of("/@fio") in (404, 410)
        fio.open("/settings")
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
