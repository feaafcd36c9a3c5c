"""No test depends on how quick the machine is: none measures time, and none waits impatiently."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# They give up waiting for another process, after a minute.
WAIT_FOR_PROCESSES = {"federation/processes.py", "postgres.py", "processes/running.py"}
CLOCKS_OF_EFFORT = {"process_time", "perf_counter", "thread_time", "process_time_ns", "perf_counter_ns"}
CLOCKS = CLOCKS_OF_EFFORT | {"monotonic", "monotonic_ns"}
LEAST_PATIENCE_SECONDS = 60
SOURCES = sorted(path for path in TESTS.rglob("*.py") if "node_modules" not in path.parts)


def readings_of_clocks(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and name of each clock that is read; clocks of ours that are passed in do not count."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="time" | "timeit", names=names):
                yield from ((node.lineno, each.name) for each in names if each.name in CLOCKS | {"timeit"})
            case ast.Import(names=names) if any(each.name == "timeit" for each in names):
                yield node.lineno, "timeit"
            case ast.Attribute(value=ast.Name(id="time"), attr=name) if name in CLOCKS | {"time"}:
                yield node.lineno, name
            case ast.Attribute(value=ast.Call(func=ast.Attribute(attr="get_running_loop")), attr="time"):
                yield node.lineno, "loop.time"
            case ast.Attribute(value=ast.Name(id="loop"), attr="time"):
                yield node.lineno, "loop.time"


def impatient_waits(tree: ast.AST) -> Iterator[tuple[int, float]]:
    """Yield line and seconds of each wait that is given up early, unless its end is the point."""
    meant: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.With | ast.AsyncWith) and any(_expects_timeout(each) for each in node.items):
            meant |= {id(below) for below in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and id(node) not in meant:
            place = {"timeout": 0, "wait_for": 1}.get(node.func.attr)
            named = [each.value for each in node.keywords if each.arg == "timeout"]
            given = [node.args[place]] if place is not None and len(node.args) > place else named
            seconds = [each.value for each in given if isinstance(each, ast.Constant)]
            yield from (
                (node.lineno, each)
                for each in seconds
                if isinstance(each, int | float) and each < LEAST_PATIENCE_SECONDS
            )


def _expects_timeout(item: ast.withitem) -> bool:
    return "raises(TimeoutError" in ast.unparse(item.context_expr)


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.AST]:
    """Every module of the tests but this one."""
    return {
        str(path.relative_to(TESTS)): ast.parse(path.read_text("utf-8"))
        for path in SOURCES
        if path != Path(__file__)
    }


def test_no_test_measures_how_long_something_takes(trees: dict[str, ast.AST]) -> None:
    assert [
        f"{path}:{line} {name}"
        for path, tree in trees.items()
        for line, name in readings_of_clocks(tree)
        if path not in WAIT_FOR_PROCESSES or name in CLOCKS_OF_EFFORT
    ] == []


def test_who_waits_for_something_to_happen_waits_a_minute(trees: dict[str, ast.AST]) -> None:
    waits = [(path, *wait) for path, tree in trees.items() for wait in impatient_waits(tree)]
    assert [f"{path}:{line} {seconds} s" for path, line, seconds in waits] == []


@pytest.mark.parametrize(
    "source",
    [
        "import time\nbegan = time.process_time()",
        "from time import perf_counter",
        "import time\ntime.monotonic()",
        "import asyncio\nasyncio.get_running_loop().time()",
        "import timeit",
    ],
)
def test_a_clock_is_found(source: str) -> None:
    assert list(readings_of_clocks(ast.parse(source)))


def test_an_impatient_wait_is_found_and_a_meant_one_left_alone() -> None:
    impatient = "await asyncio.wait_for(thing, 5)\nasync with asyncio.timeout(2):\n    pass\n"
    assert [seconds for _, seconds in impatient_waits(ast.parse(impatient))] == [5, 2]
    meant = "with pytest.raises(TimeoutError):\n    await asyncio.wait_for(thing, 0.1)\n"
    assert list(impatient_waits(ast.parse(meant))) == []
