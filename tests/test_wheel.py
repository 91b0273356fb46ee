"""The wheel is whole: built, installed into a fresh environment away from the checkout, it runs the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without network."""
    pytest.importorskip("hatchling", reason="building the wheel needs hatchling")
    folder = tmp_path_factory.mktemp("dist")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        str(folder),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the programs of a fresh environment with the wheel in it, and the libraries of this one in sight."""
    folder = tmp_path_factory.mktemp("fresh") / "environment"
    venv.create(folder, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(folder / "bin" / "python"),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    # The libraries are those of the environment that runs the tests; nothing is downloaded.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin"


def _run(program: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "BENCHDB_URL", "PYTHONHOME"}
    }
    return subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )


def test_migrations_seeds_and_licence_are_in_the_wheel(wheel: Path) -> None:
    """Everything the program reads at run time ships, the licence with it, and no tests or caches."""
    names = zipfile.ZipFile(wheel).namelist()
    for path in (*ROOT.glob("migrations/versions/0*.py"), ROOT / "migrations" / "env.py"):
        assert f"benchdb/_migrations/{path.relative_to(ROOT / 'migrations')}" in names
    for path in (each for each in (ROOT / "seeds").rglob("*") if each.is_file()):
        assert f"benchdb/_seeds/{path.relative_to(ROOT / 'seeds')}" in names
    for folder in ("templates", "static"):
        shipped = [path for path in (ROOT / "benchdb" / "site" / folder).iterdir() if path.is_file()]
        assert shipped
        assert all(f"benchdb/site/{folder}/{path.name}" in names for path in shipped)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]


def test_the_package_is_typed(wheel: Path) -> None:
    """A type checker of a user's project finds the marker file."""
    assert "benchdb/py.typed" in zipfile.ZipFile(wheel).namelist()


def test_the_demo_runs_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    """`benchdb demo` makes its database and three charts in an empty folder, from the wheel alone."""
    done = _run(installed / "benchdb", "demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "am-distill.html",
        "am-distill.png",
        "am-distill.vl.json",
        "benchdb.duckdb",
    ]
    where = _run(installed / "python", "-c", "import benchdb; print(benchdb.__file__)", cwd=tmp_path).stdout.strip()
    assert Path(where).is_relative_to(installed.parent)
    again = _run(installed / "benchdb", "demo", cwd=tmp_path)
    assert again.returncode == 0, again.stderr


def test_the_version_is_the_packages(installed: Path, tmp_path: Path, wheel: Path) -> None:
    """The program, the module and the file's name agree on the version."""
    module = _run(installed / "python", "-c", "import benchdb; print(benchdb.__version__)", cwd=tmp_path).stdout.strip()
    assert module in _run(installed / "benchdb", "--version", cwd=tmp_path).stdout
    assert wheel.name.startswith(f"benchdb-{module}-")
