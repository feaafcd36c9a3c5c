"""Rows S01 to S19, S35, S37 and S43 of docs/develop/attacks.md: signatures refused, on both inboxes."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from multidict import CIMultiDict

from fediunion.kit.urls import parse_remote_url
from tests.calls import counted_calls
from tests.databases import SqliteDatabases
from tests.fakes.signing import (
    CAVAGE_HEADERS,
    Forging,
    ed25519_key,
    public_pem,
    raw_signature,
    sha256_of,
    signed_headers,
)
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import DOMAIN, PERSONAL, SHARED, Rig


@pytest.fixture
async def rig(files: SqliteDatabases, tmp_path: Path) -> AsyncIterator[Rig]:
    """A running instance; all here is decided before anything is stored."""
    started = await Rig.start(files.with_tables(), tmp_path)
    yield started
    await started.close()
    files.remove_all()


async def refused(rig: Rig, mallory: StrangeActor, inbox: str, reason: str = "", **forging: Any) -> None:
    """Check that a delivery with such a signature is REJ with 401."""
    answer = await mallory.post(inbox, mallory.create(mallory.note()), **forging)
    await rig.assert_rejected(answer, 401, reason)


async def test_S01_without_a_signature_nothing_is_done(rig: Rig, mallory: StrangeActor, inbox: str) -> None:
    answer = await mallory.post(inbox, b"[" * 1000, scheme="none")
    await rig.assert_rejected(answer, 401, "no-signature")
    assert mallory.server.fetches() == []


@pytest.mark.parametrize("covered", [("date",), ("host", "date", "digest"), ("(request-target)", "date")])
async def test_S02_a_signature_that_covers_too_little_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, covered: tuple[str, ...]
) -> None:
    await refused(rig, mallory, inbox, "not-covered", covered=covered)
    assert mallory.server.fetches() == []


async def test_S03_an_unsigned_digest_is_refused(rig: Rig, mallory: StrangeActor, inbox: str) -> None:
    await refused(rig, mallory, inbox, "not-covered", covered=("(request-target)", "host", "date"))


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_S04_a_changed_body_byte_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, scheme: str
) -> None:
    await refused(rig, mallory, inbox, "digest-mismatch", sent_body=b'{"id":"x"}', scheme=scheme)


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_S05_a_post_without_digest_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, scheme: str
) -> None:
    covered = CAVAGE_HEADERS[:3] if scheme == "cavage" else ("@method", "@target-uri")
    await refused(rig, mallory, inbox, "not-covered", digest="", covered=covered, scheme=scheme)


async def test_S06_digests_that_disagree_are_refused(rig: Rig, mallory: StrangeActor, inbox: str) -> None:
    body = b'{"id":"x"}'
    wrong = base64.b64encode(hashlib.sha512(b"other").digest()).decode()
    answer = await mallory.post(inbox, body, digest=f"SHA-256={sha256_of(body)},SHA-512={wrong}")
    await rig.assert_rejected(answer, 401, "digest-mismatch")


async def test_S06_two_digest_headers_that_disagree_are_refused(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    await refused(rig, mallory, inbox, more_headers=[("digest", f"SHA-256={sha256_of(b'other')}")])


@pytest.mark.parametrize(("name", "make"), [("MD5", hashlib.md5), ("SHA", hashlib.sha1)])
async def test_S07_a_weak_digest_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, name: str, make: Any
) -> None:
    body = b'{"id":"x"}'
    digest = f"{name}={base64.b64encode(make(body).digest()).decode()}"
    await rig.assert_rejected(await mallory.post(inbox, body, digest=digest), 401, "digest-weak")


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_S08_a_delivery_to_another_inbox_cannot_be_replayed_here(
    rig: Rig, mallory: StrangeActor, inbox: str, scheme: str
) -> None:
    elsewhere = PERSONAL if inbox == SHARED else f"https://{DOMAIN}/actors/union/inbox"
    await refused(rig, mallory, inbox, "signature-wrong", signed_url=elsewhere, scheme=scheme)


async def test_S09_a_delivery_signed_for_another_host_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    await refused_host(rig, mallory, inbox, shown="other.example", status=421)


async def test_S09_a_host_header_that_was_changed_on_the_way_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    await refused_host(rig, mallory, inbox, shown=DOMAIN, status=401)


async def refused_host(rig: Rig, mallory: StrangeActor, inbox: str, *, shown: str, status: int) -> None:
    """Send what was signed for other.example with the Host header `shown`."""
    body = b"{}"
    forging = Forging(host="other.example")
    made = signed_headers(
        forging, url=inbox, body=body, key=mallory.rsa, key_id=mallory.key_id, now=rig.clock.now()
    )
    headers = CIMultiDict(made)
    headers["host"] = shown
    headers["content-type"] = "application/activity+json"
    url = parse_remote_url(inbox)
    answer = await rig.internet.send("POST", url, headers, body, max_bytes=9999, deadline_seconds=600)
    await rig.assert_rejected(answer, status)


async def test_S10_a_signed_get_is_no_post(rig: Rig, mallory: StrangeActor, inbox: str) -> None:
    await refused(rig, mallory, inbox, "signature-wrong", method="GET")


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
async def test_S10_an_inbox_takes_posts_only(
    rig: Rig, mallory: StrangeActor, inbox: str, method: str
) -> None:
    body = b"{}"
    made = signed_headers(
        Forging(), url=inbox, body=body, key=mallory.rsa, key_id=mallory.key_id, now=rig.clock.now()
    )
    headers = CIMultiDict(made)
    headers["content-type"] = "application/activity+json"
    url = parse_remote_url(inbox)
    answer = await rig.internet.send(method, url, headers, body, max_bytes=9999, deadline_seconds=600)
    await rig.assert_rejected(answer, 405)


@pytest.mark.parametrize("offset", [timedelta(hours=-12, minutes=-1), timedelta(hours=1, minutes=1)])
@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_S12_a_date_outside_the_window_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, offset: timedelta, scheme: str
) -> None:
    await refused(rig, mallory, inbox, "date-skew", at=rig.clock.now() + offset, scheme=scheme)


@pytest.mark.parametrize("offset", [timedelta(hours=-11, minutes=-59), timedelta(minutes=59)])
async def test_S12_a_date_within_the_window_is_taken(
    rig: Rig, mallory: StrangeActor, inbox: str, offset: timedelta
) -> None:
    activity = mallory.create(mallory.note())
    assert (await mallory.post(inbox, activity, at=rig.clock.now() + offset)).status == 202


@pytest.mark.parametrize("date", ["", "yesterday", "2026-03-02", "Mon, 99 Mar 2026 09:00:00 GMT"])
async def test_S13_an_unreadable_date_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, date: str
) -> None:
    await refused(rig, mallory, inbox, "date-unreadable", date=date)


async def test_S13_two_dates_are_refused(rig: Rig, mallory: StrangeActor, inbox: str) -> None:
    await refused(rig, mallory, inbox, more_headers=[("date", "Mon, 02 Mar 2026 09:00:00 GMT")])


@pytest.mark.parametrize(
    ("created", "expires", "algorithm", "reason"),
    [
        (3700, None, "hs2019", "date-skew"),
        (-60, -30, "hs2019", "expired"),
        (0, None, "rsa-sha256", "algorithm-refused"),
    ],
    ids=["created in the future", "expired", "created with rsa-sha256"],
)
async def test_S15_the_times_of_a_signature_count(
    rig: Rig,
    mallory: StrangeActor,
    inbox: str,
    created: int,
    expires: int | None,
    algorithm: str,
    reason: str,
) -> None:
    now = int(rig.clock.now().timestamp())
    await refused(
        rig,
        mallory,
        inbox,
        reason,
        created=now + created,
        expires=None if expires is None else now + expires,
        algorithm=algorithm,
        covered=("(request-target)", "(created)", "host", "digest"),
    )


async def test_S17_two_signatures_are_refused(rig: Rig, mallory: StrangeActor, inbox: str) -> None:
    other = f'keyId="{mallory.key_id}",headers="date",signature="AAAA"'
    await refused(rig, mallory, inbox, "several-signatures", more_headers=[("signature", other)])


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "none", "rsa-sha1", "rot13"])
async def test_S18_other_algorithms_are_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, algorithm: str
) -> None:
    made = hmac.new(public_pem(mallory.rsa).encode(), b"anything", "sha256").digest()
    signature = base64.b64encode(made).decode()
    await refused(rig, mallory, inbox, "algorithm-refused", algorithm=algorithm, signature=signature)
    assert mallory.server.fetches() == []


async def test_S19_an_ed25519_key_does_not_sign_with_rsa_sha256(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    await refused(rig, mallory, inbox, "algorithm-refused", key=mallory.ed25519, algorithm="rsa-sha256")


async def test_S19_hs2019_goes_by_the_kind_of_key(rig: Rig, mallory: StrangeActor, inbox: str) -> None:
    for key in (mallory.rsa, mallory.ed25519):
        activity = mallory.create(mallory.note())
        assert (await mallory.post(inbox, activity, key=key, algorithm="hs2019")).status == 202


@pytest.mark.parametrize(
    ("forging", "reason"),
    [
        ({"leave_out_created": True}, ""),
        ({"covered": ("@target-uri", "content-digest")}, "not-covered"),
        ({"covered": ("@method", "content-digest")}, "not-covered"),
        ({"covered": ("@method", "@target-uri")}, "not-covered"),
        ({"digest": "", "covered": ("@method", "@target-uri")}, "not-covered"),
        ({"digest": f"sha-256=:{sha256_of(b'other')}:"}, "digest-mismatch"),
    ],
    ids=["no created", "no method", "no target", "digest uncovered", "no digest", "wrong digest"],
)
async def test_S35_message_signatures_cover_what_they_must(
    rig: Rig, mallory: StrangeActor, inbox: str, forging: dict[str, Any], reason: str
) -> None:
    await refused(rig, mallory, inbox, reason, scheme="rfc9421", **forging)


async def test_S37_the_target_is_our_public_address(rig: Rig, mallory: StrangeActor, inbox: str) -> None:
    plain = inbox.replace("https:", "http:")
    await refused(rig, mallory, inbox, scheme="rfc9421", signed_url=plain)


async def test_S37_the_spelling_of_our_authority_does_not_matter(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    answer = await mallory.post(
        inbox,
        mallory.create(mallory.note()),
        scheme="rfc9421",
        covered=("@method", "@authority", "@path", "content-digest"),
    )
    assert answer.status == 202


@pytest.mark.parametrize(
    "forging",
    [
        {"key_id": "https://evil.example/users/x\x1b[31m#main-key"},
        {"key_id": "https://evil.example/" + "x" * 100_000},
        {"signature": "not base64 at all!"},
        {"key_id": "acct:victim@victim.example"},
        {"key_id": "javascript:alert(1)"},
    ],
    ids=["ansi", "100 KB", "no base64", "S26 acct", "javascript"],
)
async def test_S43_S26_hostile_parameters_cost_nothing(
    rig: Rig, mallory: StrangeActor, inbox: str, forging: dict[str, Any]
) -> None:
    with counted_calls() as calls:
        await refused(rig, mallory, inbox, **forging)
    assert calls["read_signature"] > 0
    assert calls["load_der_public_key"] == calls["PublicKey.verify"] == 0
    assert not rig.internet.requests_to("victim.example")
    assert not mallory.server.fetches()


async def test_a_wrong_signature_with_the_right_key_id_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    wrong = base64.b64encode(raw_signature(ed25519_key(9999), b"x") * 4).decode()
    await refused(rig, mallory, inbox, "signature-wrong", signature=wrong)
