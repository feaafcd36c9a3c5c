"""Loading: the configuration file, the environment and systemd credentials made into Settings."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from fediunion.config.keys import Key, keys_of
from fediunion.config.rules import check_rules
from fediunion.config.sections import SECTIONS
from fediunion.config.settings import Settings
from fediunion.kit.clock import parse_instant
from fediunion.kit.errors import BadConfiguration

Section = TypeVar("Section")


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the instance.

    The file is `path`, else $FEDIUNION_CONFIG, else ./config.toml. A secret is taken from
    $CREDENTIALS_DIRECTORY/SECTION.KEY, else from $FEDIUNION_SECTION_KEY, else from the file.
    Raises BadConfiguration with one sentence that names the key and its line.
    """
    environ = os.environ if environ is None else environ
    source = _Source(configuration_file(path, environ), environ)
    settings = source.settings()
    check_rules(settings, source.where)
    source.check_modes(settings)
    return settings


def configuration_file(path: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the file that is meant: `path`, else $FEDIUNION_CONFIG, else ./config.toml."""
    return (path or Path(environ.get("FEDIUNION_CONFIG") or "config.toml")).absolute()


def secret_keys() -> list[tuple[str, str]]:
    """Return section and key of everything that may come from the environment or a credential."""
    return [(name, key.name) for name, section in SECTIONS.items() for key in keys_of(section) if key.secret]


class _Source:
    """Where the values come from, and the words for where one stands."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = environ
        try:
            self._text = path.read_text("utf-8")
            self._tables: Mapping[str, object] = tomllib.loads(self._text)
        except FileNotFoundError:
            raise BadConfiguration(
                f"There is no configuration file {path}; `fediunion init` makes one, --config names another."
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise BadConfiguration(f"The configuration file {path} cannot be read: {error}.") from None
        except tomllib.TOMLDecodeError as error:
            raise BadConfiguration(f"{path.name} is not valid TOML: {error}.") from None

    def settings(self) -> Settings:
        """Return the settings, before the rules that concern several keys."""
        for name, value in self._tables.items():
            if name in SECTIONS and not isinstance(value, dict):
                place = self.where("" if find_line(self._text, "", name) else name, name)
                raise BadConfiguration(f"{place}: the section {name} must be written as [{name}].")
            if isinstance(value, dict) and name not in SECTIONS:
                raise BadConfiguration(
                    f"{self.where(name)}: there is no section [{name}]{_meant(name, SECTIONS)}."
                )
            if name not in SECTIONS:
                raise BadConfiguration(f"{self.where('', name)}: the key {name} stands before any [section].")
        self._refuse_settings_from_the_environment()
        sections: dict[str, Any] = {name: self._section(name, section) for name, section in SECTIONS.items()}
        return _with_absolute_paths(
            Settings(
                **sections,
                directory=self._path.parent,
                file=self._path,
                clock_starts_at=self._clock_start(),
            )
        )

    def _section(self, name: str, section: type[Section]) -> Section:
        table = self._tables.get(name, {})
        assert isinstance(table, dict)
        known = {key.name: key for key in keys_of(section)}
        for given in table:
            if given not in known:
                raise BadConfiguration(
                    f"{self.where(name, given)}: [{name}] has no key {given}{_meant(given, known)}."
                )
        values = {}
        for key in known.values():
            value, origin = self._value(name, key, table)
            if value is None and key.required:
                raise BadConfiguration(f"{self.where(name)}: [{name}] {key.name} is missing.")
            if value is not None:
                try:
                    values[key.name] = key.read(value)
                except ValueError as error:
                    shown = "" if key.secret else f", not {_shown(value)}"
                    place = origin or self.where(name, key.name)
                    raise BadConfiguration(f"{place}: [{name}] {key.name} {error}{shown}.") from None
        return section(**values)

    def _value(self, section: str, key: Key, table: Mapping[str, object]) -> tuple[object, str]:
        """Return a value, None without one, and the words for where it came from, "" for the file."""
        if key.secret:
            folder = self._environ.get("CREDENTIALS_DIRECTORY")
            credential = Path(folder, f"{section}.{key.name}") if folder else None
            if credential is not None and credential.is_file():
                try:
                    return credential.read_text("utf-8").strip(), f"The credential {credential.name}"
                except (OSError, UnicodeDecodeError) as error:
                    raise BadConfiguration(
                        f"The credential {credential.name} cannot be read: {error}."
                    ) from None
            variable = _variable(section, key.name)
            if variable in self._environ:
                return self._environ[variable].strip(), f"The variable {variable}"
        return table.get(key.name), ""

    def _refuse_settings_from_the_environment(self) -> None:
        for name, section in SECTIONS.items():
            for key in keys_of(section):
                if not key.secret and (variable := _variable(name, key.name)) in self._environ:
                    raise BadConfiguration(
                        f"{variable} is not read from the environment: set [{name}] {key.name} in the file."
                    )

    def _clock_start(self) -> datetime | None:
        text = self._environ.get("FEDIUNION_CLOCK_START", "")
        if not text:
            return None
        starts_at = parse_instant(text)
        if starts_at is None:
            raise BadConfiguration(
                "The variable FEDIUNION_CLOCK_START must be a moment such as 2026-12-01T09:00:00Z."
            )
        return starts_at

    def where(self, section: str, key: str = "") -> str:
        """Return the file and line of a key; of its section, or the file alone, where it stands nowhere."""
        line = find_line(self._text, section, key) or find_line(self._text, section)
        return f"{self._path.name} line {line}" if line else self._path.name

    def check_modes(self, settings: Settings) -> None:
        """Refuse, in production, a configuration or database file that every user of the machine can open."""
        if settings.is_development:
            return
        files = {self._path: "configuration"}
        if settings.is_sqlite:
            files[Path(settings.database.url.removeprefix("sqlite:///"))] = "database"
        for path, kind in files.items():
            if path.exists() and path.stat().st_mode & 0o007:
                raise BadConfiguration(
                    f"The {kind} file {path} is open to every user of this machine; run `chmod o-rwx {path}`."
                )


def find_line(text: str, section: str, key: str = "") -> int | None:
    """Return the number of the line where a key, or the header of its section, stands in a TOML text."""
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\[?\s*\"?([^\]\"]+?)\"?\s*\]", line)
        if header:
            current = header[1]
            if not key and current == section:
                return number
        elif key and current == section and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[=.]", line):
            return number
    return None


def _with_absolute_paths(settings: Settings) -> Settings:
    """Return the settings with every path counted from the folder of the configuration file."""
    changed = {}
    for name in SECTIONS:
        section = getattr(settings, name)
        paths = {
            declared.name: settings.directory / value
            for declared in fields(section)
            if isinstance(value := getattr(section, declared.name), Path)
        }
        changed[name] = replace(section, **paths)
    if settings.is_sqlite:
        file = settings.directory / settings.database.url.removeprefix("sqlite:///")
        changed["database"] = replace(settings.database, url=f"sqlite:///{file}")
    return replace(settings, **changed)


def _variable(section: str, key: str) -> str:
    return f"FEDIUNION_{section}_{key}".upper()


def _meant(given: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(given, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value[:80]}"' if isinstance(value, str) else str(value)[:80]
