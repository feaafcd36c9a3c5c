"""Posting a form to a running instance."""

import json
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from tests.processes.running import PATIENCE_SECONDS, Instance


def post_form(instance: Instance, path: str, token: str, form: Mapping[str, str]) -> Any:
    """Return the JSON that a POST of `form` is answered with."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{instance.port}{path}",
        data=urllib.parse.urlencode(form).encode(),
        headers={"Host": instance.host, "Authorization": f"Bearer {token}"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
        return json.loads(response.read())
