"""A real browser for the tests: an installed Chromium, else Debian's through apt, else Playwright's own.

`python -m tests.browser` makes sure that there is one.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


def installed() -> str | None:
    """The path of a Chromium on this machine, if it has one; Playwright finds its own without a path."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=installed(), args=list(FLAGS))


def install() -> None:
    """Install a Chromium by the first way that this machine allows. Raises CalledProcessError when none works."""
    apt = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not apt or shutil.which("sudo")):
        print("installing Debian's chromium", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        updated = subprocess.run([*apt, "apt-get", "update", "-qq"], env=environment, check=False)
        command = [*apt, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
        if updated.returncode == 0 and subprocess.run(command, env=environment, check=False).returncode == 0:
            return
    print("installing Playwright's Chromium", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=True)


def install_firefox() -> None:
    """Debian's, where apt is at hand; its test is skipped elsewhere."""
    apt = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not apt or shutil.which("sudo")):
        print("installing Debian's firefox-esr", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*apt, "apt-get", "update", "-qq"], env=environment, check=False)
        command = [*apt, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "firefox-esr"]
        subprocess.run(command, env=environment, check=False)


def works() -> bool:
    try:
        with sync_playwright() as playwright:
            launch(playwright).close()
    except Error:
        return False
    return True


if __name__ == "__main__":
    if not works():
        install()
    if not works():
        sys.exit("error: no Chromium could be started. Install one (apt install chromium) and run this again.")
    if not shutil.which("firefox-esr") and not shutil.which("firefox"):
        install_firefox()
