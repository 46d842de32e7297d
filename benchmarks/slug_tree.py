"""The tree that Heroku makes a slug of: what is committed, less `.slugignore`, with the dependencies beside it.

Done as the slug compiler (https://devcenter.heroku.com/articles/slug-compiler) and the Python buildpack
(https://github.com/heroku/heroku-buildpack-python) do it: pip compiles what it installs, `bin/post_compile` runs after
it, and our own modules are compiled at each start.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

from catalogue.errors import LookalikeError

PYTHON = ".heroku/python"  # where the buildpack puts the interpreter and what pip installs
FULL, WITHOUT_PHOTOS = "requirements.txt", "requirements-web.txt"
BUNDLE = "precomputed/photo"
HOOK = "bin/post_compile"
UNKNOWN = ("!", "{", "..")  # in .gitignore or elsewhere, but not understood alike by the slug compiler
LOADED = """
import sys, app
if {photos}:
    import storefront.photo_search.engine
print(*(each.__file__ for each in [*sys.modules.values()] if getattr(each, "__file__", None)), sep="\\n")
"""


class SlugError(LookalikeError):
    """The slug cannot be made, does not start, or is over its budget."""


def export(repository: Path, tree: Path) -> str:
    """Write the files of HEAD to `tree`; the answer is the commit's short name. Raises SlugError."""
    with tarfile.open(fileobj=io.BytesIO(_git(repository, "archive", "HEAD"))) as files:
        files.extractall(tree, filter="data")
    return _git(repository, "rev-parse", "--short", "HEAD").decode().strip()


def without_photos(tree: Path) -> None:
    """What a shop does that wants no search by photo, before it commits."""
    (tree / WITHOUT_PHOTOS).replace(tree / FULL)
    shutil.rmtree(tree / BUNDLE, ignore_errors=True)


def prune(tree: Path) -> list[Path]:
    """Remove what `.slugignore` names, which Heroku does before the buildpack sees the tree. Raises SlugError."""
    rules = tree / ".slugignore"
    removed = ignored(rules.read_text(), tree) if rules.is_file() else []
    for path in removed:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)  # with its folder
    return removed


def ignored(rules: str, tree: Path) -> list[Path]:
    """What the lines of a `.slugignore` name in `tree`.

    A line with a slash is a path from the top, one without a name at any depth; `#` begins a comment. Raises SlugError
    for what the slug compiler does not understand, such as `!`.
    """
    found: set[Path] = set()
    for line in rules.splitlines():
        pattern = line.partition("#")[0].strip()
        if any(sign in pattern for sign in UNKNOWN):
            raise SlugError(f".slugignore has {pattern!r}, which Heroku does not understand. Write the paths out.")
        if pattern:
            found.update(tree.glob(pattern.strip("/") if "/" in pattern else f"**/{pattern}"))
    return sorted(found)


def install(tree: Path) -> None:
    """Install `requirements.txt` into the tree as the buildpack does, and run its hook. Raises SlugError."""
    venv.create(tree / PYTHON, symlinks=True)
    command = [sys.executable, "-m", "pip", "--python", str(interpreter(tree)), "install", "-r", FULL]
    options = ["--disable-pip-version-check", "--no-cache-dir", "--no-input", "--progress-bar", "off", "--quiet"]
    done = subprocess.run([*command, *options], cwd=tree, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SlugError(f"pip cannot install {FULL}: {_last_line(done.stderr)}")
    if (tree / HOOK).is_file():
        done = subprocess.run(
            ["bash", HOOK], cwd=tree, env=environment(tree), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SlugError(f"{HOOK} fails: {_last_line(done.stderr)}")


def forget_compiled(tree: Path) -> None:
    """Remove what a start compiled of our own modules, as each dyno begins with the slug alone."""
    for folder in tree.rglob("__pycache__"):
        if not folder.is_relative_to(tree / PYTHON):
            shutil.rmtree(folder)


def check_modules(tree: Path) -> None:
    """Whether all that the app loads lies in the tree, or in Python itself. Raises SlugError."""
    photos = (tree / BUNDLE / "manifest.json").is_file()
    done = subprocess.run(
        [interpreter(tree), "-B", "-c", LOADED.format(photos=photos)],  # nothing is compiled before the cold start
        cwd=tree, env=environment(tree), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SlugError(f"the slug cannot be imported: {_last_line(done.stderr)}")
    for name in done.stdout.splitlines():
        path = Path(os.path.normpath(tree / name))
        outside = not path.is_relative_to(sys.base_prefix) or "site-packages" in path.parts
        if outside and not path.is_relative_to(tree):
            raise SlugError(f"the slug loads {path}, which is not in it.")


def environment(tree: Path) -> dict[str, str]:
    """The variables that a program in the tree is started with, none of them from whoever measures."""
    return {"HOME": str(tree), "PATH": f"{tree / PYTHON / 'bin'}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


def interpreter(tree: Path) -> Path:
    return tree / PYTHON / "bin" / "python"


def _git(repository: Path, *arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, check=False)
    if done.returncode:
        raise SlugError(f"measured is what is committed, and git says: {_last_line(done.stderr.decode())}")
    return done.stdout


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "nothing more is known")
