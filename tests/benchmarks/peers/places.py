"""Where peers and data lie: environments of their own, checkouts, and files that are made once and kept for the next run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEPT = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "benchdb-peers"
"""Folder of peers and data, where none is named."""


class PeerAbsentError(RuntimeError):
    """A peer is not here and cannot be installed or fetched; its part is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Folders of a run."""

    kept: Path
    """Folder for what the next run may use again: `<peer>/` environments, `sources/` checkouts, `data/` files."""
    scratch: Path
    """Folder that is removed at the end."""
    may_install: bool = True
    """Whether environments may be made and checkouts fetched."""

    def environment(
        self,
        name: str,
        module: str,
        requirements: Sequence[str],
        *,
        variable: str = "",
        python: Callable[[], str] = lambda: sys.executable,
    ) -> str:
        """Return the interpreter that has a peer, made and filled if it is not there yet.

        Args:
            name: Folder of the environment.
            module: Module that the peer brings.
            requirements: What pip installs.
            variable: Environment variable that may name an interpreter that has it.
            python: Finds the interpreter to make the environment with.

        Raises:
            PeerAbsentError: If it cannot be had.
        """
        named = os.environ.get(variable) if variable else None
        path = named or str(self.kept / name / "bin" / "python")
        if has_module(path, module):
            return path
        if named or not self.may_install:
            raise PeerAbsentError(f"{path} has no module {module}")
        folder = self.kept / name
        for command in (
            [python(), "-m", "venv", "--clear", str(folder)],
            [path, "-m", "pip", "install", "--quiet", *requirements],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise PeerAbsentError(f"{' '.join(requirements)} cannot be installed: {done.stderr.strip()[-300:]}")
        return path

    def checkout(self, name: str, address: str, parts: Sequence[str] = ()) -> Path:
        """Return a checkout of a public repository, cloned if it is not there yet.

        Args:
            name: Its folder among the sources; whoever has no network puts a copy there.
            address: Where it is cloned from.
            parts: Folders that are wanted; by default all.

        Raises:
            PeerAbsentError: If it is not here and cannot be cloned.
        """
        folder = self.kept / "sources" / name
        if folder.is_dir():
            return folder
        if not self.may_install:
            raise PeerAbsentError(f"there is no folder {folder}")
        unfinished = folder.with_name(f"{name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        clone = ["git", "clone", "--quiet", "--depth", "1", *(["--filter=blob:none", "--sparse"] if parts else [])]
        commands = [[*clone, address, str(unfinished)]]
        if parts:
            commands.append(["git", "-C", str(unfinished), "sparse-checkout", "set", *parts])
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise PeerAbsentError(f"{address} cannot be cloned to {folder}: {done.stderr.strip()[-300:]}")
        unfinished.rename(folder)
        return folder

    def data(self, name: str, write: Callable[[Path], None]) -> Path:
        """Return a folder of files, written if it is not there yet.

        Args:
            name: Its name, which says what is in it and how much.
            write: Writes into an empty folder.
        """
        folder = self.kept / "data" / name
        if not folder.is_dir():
            unfinished = folder.with_name(f"{name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            write(unfinished)
            unfinished.rename(folder)
        return folder


def has_module(python: str, module: str) -> bool:
    """Return whether an interpreter exists and has a module, without importing it.

    Args:
        python: Path of the interpreter.
        module: Name of the module.
    """
    asked = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    try:
        return subprocess.run([python, "-c", asked], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def newer_python(least: tuple[int, int]) -> str:
    """Return an interpreter of at least a version: this one, one on the path, or one of pyenv's.

    Args:
        least: Major and minor version.

    Raises:
        PeerAbsentError: If there is none.
    """
    root = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    on_path = [shutil.which(f"python{least[0]}.{minor}") for minor in range(least[1], least[1] + 4)]
    asked = f"import sys; sys.exit(sys.version_info < {least})"
    for found in (sys.executable, *filter(None, on_path), *map(str, sorted(root.glob("*/bin/python3")))):
        try:
            if subprocess.run([found, "-c", asked], capture_output=True, check=False).returncode == 0:
                return found
        except OSError:
            continue
    raise PeerAbsentError(f"it needs Python {least[0]}.{least[1]} or newer, and none was found")
