"""Writing: the commented configuration file, for a new instance and as the example."""

import base64
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from fediunion.config.keys import Key, keys_of
from fediunion.config.load import find_line
from fediunion.config.readers import authority
from fediunion.config.sections import SECTIONS
from fediunion.kit.errors import Invalid

Values = Mapping[str, Mapping[str, object]]

_FOR_TRIALS = re.compile(r"(localhost|.+\.localhost|127\.0\.0\.1|.+\.test)(:\d+)?")


def new_configuration(
    domain: str,
    title: str | None,
    directory: Path,
    *,
    dev: bool = False,
    web_domain: str | None = None,
    port: int | None = None,
    beside_others: bool = True,
    about: Mapping[str, object] = MappingProxyType({}),
) -> Path:
    """Write DIRECTORY/config.toml (0640, with new secrets) and DIRECTORY/data (0700); return the file's path.

    `dev` makes a development instance and takes only names of this machine. The port that the
    server listens on is `port`, else the one in the name, else the default. `about` has more keys of
    `[instance]`. Raises Invalid when
    the domain cannot be used, when one of the two is there already, and, unless they may stand
    `beside_others`, when anything is.
    """
    host = _checked("domain", domain, dev=dev)
    values: dict[str, dict[str, object]] = {
        "instance": {"domain": host, "title": title or host.partition(":")[0], **about},
        "secrets": {
            "master_key": base64.b64encode(secrets.token_bytes(32)).decode("ascii"),
            "secret_key": secrets.token_urlsafe(48),
        },
    }
    web_host = host
    if web_domain:
        web_host = _checked("web_domain", web_domain, dev=dev)
        values["instance"]["web_domain"] = web_host
    listen_on = port or int(web_host.partition(":")[2] or 0)
    if listen_on:
        values["server"] = {"port": listen_on}
    if dev:
        values["instance"] |= {"mode": "development", "scheme": "http"}
        values["federation"] = {
            "allow_http": True,
            "allow_private_addresses": True,
            "retry_base_seconds": 5,
        }
        values |= {"mail": {"mode": "file"}, "registration": {"mode": "open"}, "limits": {"enabled": False}}
    return _write(directory, render(values), beside_others=beside_others)


def render(values: Values) -> str:
    """Return the text of a configuration file with every key and its comment.

    A key in `values` is set; the others stand commented out with their defaults.
    """
    lines = ["# The configuration of a FediUnion instance. A line with `# key = value` shows the default."]
    for name, section in SECTIONS.items():
        lines += ["", f"# {(section.__doc__ or '').strip()}", f"[{name}]"]
        for key in keys_of(section):
            lines += _lines(key, values.get(name, {}))
    return "\n".join(lines) + "\n"


def example() -> str:
    """Return the text of config.example.toml."""
    required = {
        name: {key.name: key.example for key in keys_of(section) if key.required and key.example}
        for name, section in SECTIONS.items()
    }
    return render(required)


def with_key(text: str, section: str, key: str, value: object) -> str:
    """Return the text of a configuration file with `[section] key = value`, everything else as it was.

    A line that sets the key is replaced, else the one that shows its default, else one is added. For keys
    whose value stands on one line.
    """
    lines = text.splitlines()
    line = f"{key} = {_toml(value)}"
    set_at = find_line(text, section, key)
    header = find_line(text, section)
    if set_at is not None:
        lines[set_at - 1] = line
    elif header is None:
        lines += ["", f"[{section}]", line]
    else:
        end = next(
            (place for place in range(header, len(lines)) if lines[place].lstrip().startswith("[")),
            len(lines),
        )
        shown = [place for place in range(header, end) if re.match(rf"# {re.escape(key)} = ", lines[place])]
        if shown:
            lines[shown[0]] = line
        else:
            lines.insert(header, line)
    return "\n".join(lines) + "\n"


def _lines(key: Key, given: Mapping[str, object]) -> Iterator[str]:
    yield f"# {key.comment}"
    if key.name in given:
        yield f"{key.name} = {_toml(given[key.name])}"
    else:
        yield f"# {key.name} = {_toml(key.example if key.required else key.default)}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return json.dumps("" if value is None else str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _checked(field: str, name: str, *, dev: bool) -> str:
    try:
        host = authority(name)
    except ValueError as error:
        raise Invalid(f"{field} {error}.", field=field) from None
    if dev and not _FOR_TRIALS.fullmatch(host):
        raise Invalid(
            f"{host} is no name for development: take localhost, *.localhost, 127.0.0.1 or *.test.",
            field=field,
        )
    if not dev and ":" in host:
        raise Invalid(f"{host} has a port; only a development instance (--dev) can.", field=field)
    return host


def _write(directory: Path, text: str, *, beside_others: bool) -> Path:
    path = directory / "config.toml"
    stored = directory / "data"
    if path.exists() or path.is_symlink():
        raise Invalid(f"{path} exists already and is not overwritten.", field="dir")
    if stored.exists() and (not stored.is_dir() or any(stored.iterdir())):
        raise Invalid(f"{stored} holds something already and is not overwritten.", field="dir")
    if not beside_others and directory.is_dir() and any(path != stored for path in directory.iterdir()):
        raise Invalid(f"{directory} is not empty; take a new folder.", field="dir")
    try:
        stored.mkdir(mode=0o700, parents=True, exist_ok=True)
        stored.chmod(0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, 0o640)
            file.write(text)
    except OSError as error:
        raise Invalid(f"{path} cannot be written: {error.strerror}.", field="dir") from None
    return path
