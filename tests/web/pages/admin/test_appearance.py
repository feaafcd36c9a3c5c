"""The colour and the logo of the union."""

from pathlib import Path

import pytest
from PIL import Image

from fediunion.social.site.colours import contrast
from tests.oauth.rig import Desk
from tests.web.pages.admin.staff import sign_in, submit, token_of

PATH = "/admin/appearance"


def test_the_contrast_is_that_of_the_standard() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


async def test_a_chosen_colour_is_in_the_style_sheet_of_every_page(desk: Desk) -> None:
    adi, mo = await sign_in(desk, "adi"), await sign_in(desk, "mo")
    assert (await desk.http.get("/appearance.css")).text == ""
    assert '<link rel="stylesheet" href="/appearance.css">' in (await desk.http.get("/sign-in")).text
    await submit(adi, PATH, PATH, brand="#7A1F1F")
    assert ' value="#7a1f1f"' in (await adi.get(PATH)).text
    answer = await desk.http.get("/appearance.css")
    assert "--brand: #7a1f1f" in answer.text
    assert answer.headers["content-type"].startswith("text/css")
    await submit(adi, PATH, PATH, brand="")
    assert (await desk.http.get("/appearance.css")).text == ""
    assert (await mo.get(PATH)).status_code == 404


@pytest.mark.parametrize("brand", ["#ffff00", "red", "#7a1f1f; }", "#12345"])
async def test_a_colour_that_cannot_be_read_or_is_none_is_refused(desk: Desk, brand: str) -> None:
    adi = await sign_in(desk, "adi")
    answer = await adi.post(PATH, await token_of(adi) | {"brand": brand})
    assert answer.status_code == 422
    assert (await desk.http.get("/appearance.css")).text == ""


async def test_a_logo_is_written_anew_and_taken_away(desk: Desk, tmp_path: Path) -> None:
    adi = await sign_in(desk, "adi")
    picture = tmp_path / "logo.png"
    Image.new("RGB", (40, 40), "#7a1f1f").save(picture)
    token = await token_of(adi)
    bad = await adi.http.post("/uploads/admin/logo", data=token, files={"logo": ("x.svg", b"<svg/>")})
    assert bad.status_code == 422
    files = {"logo": ("x.png", picture.read_bytes(), "image/png")}
    assert (await adi.http.post("/uploads/admin/logo", data=token, files=files)).status_code == 303
    style = (await desk.http.get("/appearance.css")).text
    logo = style.split('url("')[1].split('"')[0]
    assert (await desk.http.get(logo)).status_code == 200
    await submit(adi, PATH, f"{PATH}/no-logo")
    assert (await desk.http.get("/appearance.css")).text == ""
