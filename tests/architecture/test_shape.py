"""The shape of the tree: sizes, first sentences, forbidden names; and documents that agree with the code."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from fediunion.config import SECTIONS, example
from fediunion.config.keys import keys_of

ROOT = Path(__file__).parents[2]
HARD_STOP_LINES = 400
SOURCES = sorted(
    path
    for folder in ("fediunion", "tests", "scripts", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "Makefile", ROOT / "config.example.toml"]
)


def named(path: Path) -> str:
    """Return a path as it is shown in a failure."""
    return str(path.relative_to(ROOT))


def test_the_sources_are_found() -> None:
    assert len(SOURCES) > 20
    assert ROOT / "fediunion" / "config" / "load.py" in SOURCES


def test_no_source_file_is_longer_than_the_hard_stop() -> None:
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {path: lines for path, lines in lengths.items() if lines > HARD_STOP_LINES} == {}


def test_every_module_begins_with_a_sentence_about_what_it_holds() -> None:
    silent = [
        named(path)
        for path in SOURCES
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_every_package_is_one_that_the_import_contracts_can_see() -> None:
    folders = {path.parent for path in SOURCES if path.is_relative_to(ROOT / "fediunion")}
    assert [named(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_no_module_is_named_after_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common", "data", "info"}
    assert [named(path) for path in SOURCES if nothing & {path.stem, path.parent.name}] == []


def test_no_module_leaves_work_for_later() -> None:
    marks = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    assert [
        f"{named(path)}:{number}"
        for path in SOURCES
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if marks.search(line)
    ] == []


def test_a_silenced_check_gives_its_reason() -> None:
    silenced = re.compile(r"#\s*(?:type:\s*ignore(?:\[[^\]]*\])?|noqa(?::\s*[A-Z0-9, ]+)?)(?P<rest>.*)$")
    without_reason = [
        f"{named(path)}:{number}"
        for path in SOURCES
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (found := silenced.search(line)) and len(found["rest"].strip(" #-:,")) < 5
    ]
    assert without_reason == []


def test_the_example_of_the_configuration_is_what_the_code_declares() -> None:
    assert (ROOT / "config.example.toml").read_text("utf-8") == example()


def test_every_setting_is_in_the_example_with_a_comment() -> None:
    lines = example().splitlines()
    for name, section in SECTIONS.items():
        assert f"[{name}]" in lines
        for key in keys_of(section):
            assert key.comment.endswith((".", ")"))
            assert any(re.match(rf"(# )?{key.name} = ", line) for line in lines)
    assert tomllib.loads(example()) == {
        "instance": {"domain": "union.example"},
        **{name: {} for name in SECTIONS if name != "instance"},
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_a_document_names_only_files_and_targets_that_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", text) if document.suffix == ".md" else []
    assert [link for link in links if not (document.parent / link).exists()] == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_a_document_names_no_place_of_one_machine(document: Path) -> None:
    places = re.compile(r"(?<![\w.])/(work|root|tmp|home)/|/\.pyenv/")
    assert places.findall(document.read_text("utf-8")) == []


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=named)
def test_C20_a_lock_file_has_a_hash_for_everything_and_names_no_registry(lock: Path) -> None:
    text = lock.read_text("utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert [entry for entry in entries if not re.match(r"[\w.-]+==\S+(?s:.)*--hash=sha256:", entry)] == []
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


def test_C20_the_locked_versions_are_not_below_the_audited_ones() -> None:
    audited = {"starlette": (1, 3, 1), "h11": (0, 16), "cryptography": (45,), "python-multipart": (0, 0, 20)}
    locked = dict(
        re.findall(r"^([\w.-]+)==([\d.]+)", (ROOT / "requirements" / "runtime.txt").read_text(), re.MULTILINE)
    )
    for package, lowest in audited.items():
        assert tuple(int(part) for part in locked[package].split(".")) >= lowest


def test_both_lock_files_agree() -> None:
    runtime, development = (
        set(re.findall(r"^[\w.-]+==\S+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("runtime.txt", "dev.txt")
    )
    assert runtime <= development
