"""Commands, settings and metrics that the documents name exist."""

import itertools
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from fediunion.cli.main import app
from fediunion.config import SECTIONS
from fediunion.config.keys import keys_of

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "FEDERATION.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
_COMMAND = re.compile(r"(?:^|[`\s/])fediunion ((?:--config \S+ )?[a-z][^`\n#]*)")


def named(path: Path) -> str:
    """Return a path as it is shown in a failure."""
    return str(path.relative_to(ROOT))


def layers_of(container: str) -> list[set[str]]:
    """Return the packages of each layer of `container`, the highest first, as the contracts have them."""
    (contract,) = (each for each in CONTRACTS if each.get("containers") == [container])
    return [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]


def picture() -> list[str]:
    """Return the lines of the picture of the floors."""
    found = re.search(r"^## The floors.*?```\n(.*?)```", CONTRIBUTING, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1].splitlines()


def pictured(package: str) -> list[set[str]]:
    """Return the packages inside `package` as the picture has them, a set for each line below its name."""
    lines = picture()
    (at,) = (number for number, line in enumerate(lines) if re.match(rf"  \d  {package} ", line))
    below = itertools.takewhile(lambda line: re.match(r" {18}(→ )?\w", line), lines[at + 1 :])
    return [set(re.findall(r"\w+", line)) for line in below]


def commands_in(text: str) -> Iterator[list[str]]:
    """Yield the arguments of each `fediunion …` in code blocks and in inline code; `a|b` is one of each."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"`(fediunion [^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for line in [*"\n".join(blocks).splitlines(), *inline]:
        for found in _COMMAND.findall(line.split(" #")[0]):
            words = [word.split("|") for word in shlex.split(found)]
            yield from (list(one) for one in itertools.product(*words))


def fault_of(arguments: list[str]) -> str | None:
    """Return what is wrong with a command line, None where its commands and options exist."""
    command = typer.main.get_command(app)
    words = iter(arguments)
    for word in words:
        options = {name: parameter for parameter in command.params for name in parameter.opts}
        if word.startswith("--"):
            if word not in options:
                return f"{command.name} has no option {word}"
            if not getattr(options[word], "is_flag", False):
                next(words, None)
        elif isinstance(command, TyperGroup) and re.fullmatch(r"[a-z][a-z-]*", word):
            if word not in command.commands:
                return f"{command.name} has no command {word}"
            command = command.commands[word]
    return None


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_in_a_document_exists(document: Path) -> None:
    faults = {" ".join(each): fault_of(each) for each in commands_in(document.read_text("utf-8"))}
    assert {command: fault for command, fault in faults.items() if fault} == {}


def test_commands_are_found_in_the_documents_and_wrong_ones_are_seen() -> None:
    found = [arguments for document in DOCUMENTS for arguments in commands_in(document.read_text("utf-8"))]
    assert ["peers", "list"] in found
    assert len(found) > 15
    assert fault_of(["--config", "x", "serve", "--role", "web"]) is None
    assert fault_of(["doctors"]) is not None
    assert fault_of(["peers", "list", "--everything"]) is not None


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_setting_in_a_document_exists(document: Path) -> None:
    known = {(name, key.name) for name, section in SECTIONS.items() for key in keys_of(section)}
    named = re.findall(r"`\[([a-z]+)\] ([a-z0-9_]+)", document.read_text("utf-8"))
    assert [each for each in named if each not in known] == []


def test_every_metric_in_a_document_exists() -> None:
    source = (ROOT / "fediunion" / "app" / "metrics.py").read_text("utf-8")
    source += (ROOT / "fediunion" / "inbox" / "rejections.py").read_text("utf-8")
    named = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"`(fediunion_[a-z_]+)", document.read_text("utf-8"))
    }
    assert named
    assert {name for name in named if name.removesuffix("_total") not in source} == set()


def test_every_package_with_a_floor_is_in_the_picture_of_the_floors() -> None:
    words = set(re.findall(r"\w+", "\n".join(picture())))
    assert set().union(*layers_of("fediunion")) - words == set()


@pytest.mark.parametrize("package", ["social", "union"])
def test_the_layers_of_a_floor_are_pictured_as_the_contracts_have_them(package: str) -> None:
    assert pictured(package) == layers_of(f"fediunion.{package}")


def test_every_module_that_the_table_of_a_package_names_is_in_some_package() -> None:
    table = CONTRIBUTING.partition("## Every domain package is cut the same")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    names = {name for row in rows for name in re.findall(r"`([a-z]+\.py)`", row)}
    assert {"models.py", "wording.py"} < names
    assert {name for name in names if not list((ROOT / "fediunion").rglob(name))} == set()
