"""A call on paper and on other sites: the code, and the small page that may be framed."""

import re

from tests.oauth.rig import Desk
from tests.union.campaigns.pages.stage import put


async def test_W06_the_embed_alone_may_be_framed_and_nothing_runs_in_it(desk: Desk) -> None:
    call = await put(desk)
    answer = await desk.http.get(f"/campaigns/{call.slug}/embed")
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    assert "form-action 'none'" in policy
    assert "x-frame-options" not in answer.headers
    assert "<script" not in answer.text
    assert "<form" not in answer.text
    for path in (f"/campaigns/{call.slug}", f"/campaigns/{call.slug}/embed/how", "/campaigns"):
        other = await desk.http.get(path)
        assert "frame-ancestors 'none'" in other.headers["content-security-policy"]
        assert other.headers["x-frame-options"] == "DENY"


async def test_the_embed_gives_no_cookie_and_is_the_same_for_everybody(desk: Desk) -> None:
    call = await put(desk)
    await desk.member()
    member = await desk.signed_in()
    path = f"/campaigns/{call.slug}/embed"
    for answer in (await desk.http.get(f"{path}?lang=fr"), await member.get(f"{path}?lang=fr")):
        assert "set-cookie" not in answer.headers
        assert 'lang="fr"' in answer.text
    assert (await desk.http.get(path)).text == (await member.get(path)).text


async def test_the_embed_leads_nowhere_but_to_the_call(desk: Desk) -> None:
    call = await put(desk)
    page = (await desk.http.get(f"/campaigns/{call.slug}/embed")).text
    assert re.findall(r'<a [^>]*href="([^"]+)"', page) == [f"https://us.example/campaigns/{call.slug}"]
    assert not re.findall(r'(?:src|href)="(?!/|https://us\.example/)', page)


async def test_the_code_is_an_svg_without_scripts(desk: Desk) -> None:
    call = await put(desk)
    answer = await desk.http.get(f"/campaigns/{call.slug}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg ")
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_the_page_says_how_to_show_it_elsewhere(desk: Desk) -> None:
    call = await put(desk, title='"><script>alert(1)</script>')
    page = (await desk.http.get(f"/campaigns/{call.slug}/embed/how")).text
    assert f'&lt;iframe src="https://us.example/campaigns/{call.slug}/embed"' in page
    assert "<script>alert" not in page


async def test_shared_links_name_no_other_host(desk: Desk) -> None:
    call = await put(desk)
    page = (await desk.http.get(f"/campaigns/{call.slug}")).text
    hosts = set(re.findall(r'(?:href|src|action)="https?://([^/"]+)', page))
    assert hosts <= {"us.example"}


async def test_strangers_go_to_their_own_server_to_vote(desk: Desk) -> None:
    call = await put(desk)
    page = (await desk.http.get(f"/campaigns/{call.slug}")).text
    (path,) = re.findall(r'href="(/interact\?[^"]+intent=look)"', page)
    answer = await desk.http.get(path.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert "Open it on your server" in answer.text
