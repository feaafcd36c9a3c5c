"""Threads of direct messages through the client interface."""

from tests.api.rig import Client

PATH = "/api/v1/conversations"


async def test_a_thread_is_there_once_for_each_participant_until_it_is_left(ana: Client, ben: Client) -> None:
    first = await ana.publish("@ben hello", visibility="direct")
    [his] = await ben.get(PATH)
    assert (his["unread"], his["last_status"]["id"]) == (True, first["id"])
    assert [account["acct"] for account in his["accounts"]] == ["ana"]
    assert (await ben.post(f"{PATH}/{his['id']}/read"))["unread"] is False
    answer = await ben.publish("@ana hello back", visibility="direct", in_reply_to_id=first["id"])
    [hers] = await ana.get(PATH)
    assert (hers["unread"], hers["last_status"]["id"]) == (True, answer["id"])
    assert (await ana.ask("DELETE", f"{PATH}/{hers['id']}")).status_code == 200
    assert await ana.get(PATH) == []
    assert len(await ben.get(PATH)) == 1


async def test_V13_a_thread_with_somebody_blocked_or_muted_is_not_shown_meanwhile(
    ana: Client, ben: Client
) -> None:
    await ben.publish("@ana psst", visibility="direct")
    for begin, end in (("mute", "unmute"), ("block", "unblock")):
        await ana.post(f"/api/v1/accounts/{ben.id}/{begin}")
        assert await ana.get(PATH) == [], begin
        await ana.post(f"/api/v1/accounts/{ben.id}/{end}")
        assert len(await ana.get(PATH)) == 1, end


async def test_O12_a_thread_is_there_for_its_owner_alone(ana: Client, ben: Client) -> None:
    await ben.publish("@ana psst", visibility="direct")
    [hers] = await ana.get(PATH)
    for method, path in (("POST", f"{PATH}/{hers['id']}/read"), ("DELETE", f"{PATH}/{hers['id']}")):
        assert (await ben.ask(method, path)).status_code == 404
    assert await ana.get(PATH) == [hers]


async def test_conversations_come_page_by_page(ana: Client, ben: Client) -> None:
    posts = [await ben.publish(f"@ana {number}", visibility="direct") for number in range(3)]
    newest = await ana.get(PATH, limit=1)
    assert [each["last_status"]["id"] for each in newest] == [posts[2]["id"]]
    older = await ana.get(PATH, max_id=posts[2]["id"])
    assert [each["last_status"]["id"] for each in older] == [posts[1]["id"], posts[0]["id"]]
