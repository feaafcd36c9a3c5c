"""Signatures of requests to S3. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

EMPTY_HASH: Final = hashlib.sha256(b"").hexdigest()
_ALGORITHM: Final = "AWS4-HMAC-SHA256"


def signed_headers(
    method: str,
    path: str,
    headers: Mapping[str, str],
    *,
    body_hash: str,
    region: str,
    access_key: str,
    secret_key: str,
    now: datetime,
) -> dict[str, str]:
    """Return `headers` with those that sign the request: all of them are covered, `host` must be there.

    `path` is escaped already and has no query; `body_hash` is the SHA-256 of the body in hexadecimal.
    """
    moment = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    covered = {name.lower(): value.strip() for name, value in headers.items()}
    covered |= {"x-amz-content-sha256": body_hash, "x-amz-date": moment}
    names = ";".join(sorted(covered))
    lines = "".join(f"{name}:{covered[name]}\n" for name in sorted(covered))
    request = f"{method}\n{path}\n\n{lines}\n{names}\n{body_hash}"
    signed = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = b"AWS4" + secret_key.encode()
    for part in (moment[:8], region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()
    credential = f"{_ALGORITHM} Credential={access_key}/{scope},SignedHeaders={names},Signature={signature}"
    return covered | {"authorization": credential}
