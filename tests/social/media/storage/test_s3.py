"""Files in a bucket: against a server that checks signatures, and the vector of the documentation."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from fediunion.config import Media, MediaStore
from fediunion.kit.clock import Clock
from fediunion.kit.errors import NotFound, Unavailable
from fediunion.social.media.desk import MediaDesk
from fediunion.social.media.jobs import sweep
from fediunion.social.media.storage.s3 import S3Storage
from fediunion.social.media.storage.sigv4 import EMPTY_HASH, signed_headers
from tests.api.rig import Client, Rig
from tests.social.media import samples
from tests.social.media.test_uploads import upload

PLACE = "ab/cd/" + "a" * 22 + ".png"
_ALLOWED = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}], "Version": "2012-10-17"}


@pytest.fixture(scope="module")
def bucket() -> Iterator[Media]:
    """A bucket of a server that refuses whoever has not signed with the key of its one user."""
    with pytest.MonkeyPatch.context() as patch:
        # So many requests need no signature: those that make the user and the bucket.
        patch.setattr("moto.settings.INITIAL_NO_AUTH_ACTION_COUNT", 4.0)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        login = {
            "endpoint_url": url,
            "region_name": "us-east-1",
            "aws_access_key_id": "nobody",
            "aws_secret_access_key": "nothing",
        }
        with closing(boto3.client("iam", **login)) as iam, closing(boto3.client("s3", **login)) as s3:
            iam.create_user(UserName="fediunion")
            key = iam.create_access_key(UserName="fediunion")["AccessKey"]
            iam.put_user_policy(UserName="fediunion", PolicyName="files", PolicyDocument=json.dumps(_ALLOWED))
            s3.create_bucket(Bucket="media")
        yield Media(
            store=MediaStore.S3,
            s3_endpoint=url,
            s3_bucket="media",
            s3_access_key=key["AccessKeyId"],
            s3_secret_key=key["SecretAccessKey"],
        )
        server.stop()


@pytest.fixture
async def storage(bucket: Media) -> AsyncIterator[S3Storage]:
    opened = S3Storage(bucket, Clock())
    yield opened
    await opened.close()


async def content(storage: S3Storage, start: int, length: int) -> bytes:
    return b"".join([chunk async for chunk in (await storage.get(PLACE, start, length)).chunks])


async def test_a_file_is_stored_read_in_parts_and_removed(storage: S3Storage, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"0123456789" * 100_000)
    await storage.put(PLACE, source, "image/png")
    assert await content(storage, 0, 1_000_000) == source.read_bytes()
    assert await content(storage, 999_995, 5) == b"56789"
    await storage.delete(PLACE)
    await storage.delete(PLACE)
    with pytest.raises(NotFound):
        await storage.get(PLACE, 0, 1)


async def test_a_wrong_secret_is_refused_by_the_server(bucket: Media, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    storage = S3Storage(replace(bucket, s3_secret_key="wrong"), Clock())
    with pytest.raises(Unavailable, match="403"):
        await storage.put(PLACE, source, "image/png")
    await storage.close()


async def test_L30_a_service_that_is_not_there_is_told_as_such(bucket: Media, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    storage = S3Storage(replace(bucket, s3_endpoint="http://127.0.0.1:9"), Clock())
    with pytest.raises(Unavailable):
        await storage.put(PLACE, source, "image/png")
    with pytest.raises(Unavailable):
        await storage.get(PLACE, 0, 1)
    await storage.close()


async def test_M12_no_place_names_another_object(storage: S3Storage, tmp_path: Path) -> None:
    for place in ("../other/x", "a?acl", "", "x" * 2000):
        with pytest.raises(NotFound):
            await storage.get(place, 0, 1)


def test_a_request_is_signed_as_the_documentation_shows() -> None:
    """GET Object of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html"""
    signed = signed_headers(
        "GET",
        "/test.txt",
        {"host": "examplebucket.s3.amazonaws.com", "range": "bytes=0-9"},
        body_hash=EMPTY_HASH,
        region="us-east-1",
        access_key="AKIAIOSFODNN7EXAMPLE",
        secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        now=datetime(2013, 5, 24, tzinfo=UTC),
    )
    assert signed["authorization"].endswith(
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


async def test_an_instance_keeps_its_files_in_the_bucket(bucket: Media, rig: Rig, ana: Client) -> None:
    desk = rig.world.part(MediaDesk)
    # The server compares the time of a signature with its own, so this store has the machine's clock.
    desk.storage = S3Storage(bucket, Clock())
    made = await upload(ana, samples.picture())
    assert not (rig.world.settings.media.dir / "files").exists()
    shown = await rig.anonymous.ask("GET", made["url"], headers={"Range": "bytes=0-7"})
    assert (shown.status_code, shown.content) == (206, b"\x89PNG\r\n\x1a\n")
    await ana.ask("DELETE", f"/api/v1/media/{made['id']}")
    await sweep(rig.world, {})
    assert (await rig.anonymous.ask("GET", made["url"])).status_code == 404
