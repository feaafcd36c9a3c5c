"""Style sheet, sprite and scripts: kept for a year under an address that changes with them."""

import gzip
import re

from fediunion.web.assets import STATIC, asset_path, assets
from tests.oauth.rig import Desk

MOST_BYTES_OF_A_SCRIPT = 6_000
MOST_LINES_OF_A_SCRIPT = 150


async def test_a_page_names_what_is_kept_for_a_year(desk: Desk) -> None:
    page = (await desk.http.get("/sign-in")).text
    for path in re.findall(r'(?:href|src)="(/static/[^"#]+)', page):
        answer = await desk.http.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_an_old_address_gives_the_file_of_now_and_is_asked_again(desk: Desk) -> None:
    answer = await desk.http.get("/static/000000000000/style.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    again = await desk.http.get(
        "/static/000000000000/style.css", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_files_are_compressed_for_who_reads_that(desk: Desk) -> None:
    path = asset_path("style.css")
    plain = await desk.http.get(path, headers={"Accept-Encoding": "identity"})
    packed = await desk.http.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content


async def test_what_is_not_there_is_missing(desk: Desk) -> None:
    for name in ("../render.py", "css/tokens.css", "js", "", "style.css/"):
        assert (await desk.http.get(f"/static/{assets().version}/{name}")).status_code == 404


def test_the_version_is_of_all_that_is_sent() -> None:
    found = assets()
    assert re.fullmatch(r"[0-9a-f]{12}", found.version)
    assert found.files["style.css"].body.count(b":root") > 3
    assert gzip.decompress(found.files["sprite.svg"].compressed) == found.files["sprite.svg"].body


def test_scripts_are_small_and_load_only_their_own() -> None:
    for path in sorted((STATIC / "js").glob("*.js")):
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= MOST_LINES_OF_A_SCRIPT, path.name
        assert len(text.encode()) <= MOST_BYTES_OF_A_SCRIPT, path.name
        assert re.search(r"https?:|innerHTML|insertAdjacentHTML|document\.write|\beval\b", text) is None, (
            path.name
        )
        for module in re.findall(r'"(\./[\w-]+\.js)"', text):
            assert (path.parent / module).is_file()


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    symbols = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "sprite.svg").read_text("utf-8")))
    named = {
        name
        for path in (STATIC.parent / "templates").rglob("*.html")
        for name in re.findall(r'\bicon\("([a-z]+)"', path.read_text("utf-8"))
    }
    assert named
    assert named <= symbols
