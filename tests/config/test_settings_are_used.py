"""No empty promises: what can be set changes something, or the documents say that it does not."""

import re
from pathlib import Path

import pytest

from fediunion.config import SECTIONS
from fediunion.config.keys import keys_of

ROOT = Path(__file__).parents[2]
KEYS = [(section, key.name) for section, kind in SECTIONS.items() for key in keys_of(kind)]


def _unused_in_documents() -> set[tuple[str, str]]:
    text = (ROOT / "docs" / "operate" / "configuration.md").read_text("utf-8")
    part = text.partition("## Not in use yet")[2].partition("\n## ")[0]
    found = set()
    for line in part.splitlines():
        if section := re.match(r"- `\[(\w+)\]`", line):
            found |= {(section[1], key) for key in re.findall(r"`(\w+)`", line)}
    return found


def _code() -> str:
    """Return all that may use a setting: the code, but of `config` only what follows from settings."""
    files = [*(ROOT / "fediunion").rglob("*.py"), *(ROOT / "fediunion").rglob("*.html")]
    return "\n".join(
        path.read_text("utf-8")
        for path in files
        if "config" not in path.relative_to(ROOT).parts or path.name == "settings.py"
    )


@pytest.fixture(scope="module")
def code() -> str:
    return _code()


def _is_read(code: str, section: str, key: str) -> bool:
    """Whether the key is read as an attribute of its section, or by a name that no other section has."""
    unique = sum(name == key for _, name in KEYS) == 1 and "_" in key
    return bool(re.search(rf"\b{section}\.{key}\b", code) or (unique and re.search(rf"\.{key}\b", code)))


@pytest.mark.parametrize(("section", "key"), KEYS, ids=[".".join(each) for each in KEYS])
def test_each_setting_is_read_or_said_to_be_unused(code: str, section: str, key: str) -> None:
    said = (section, key) in _unused_in_documents()
    assert _is_read(code, section, key) != said


def test_the_documents_name_only_settings_that_exist() -> None:
    assert _unused_in_documents() <= set(KEYS)
