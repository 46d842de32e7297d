"""New lists under a running site: new workers serve them, old workers finish with theirs.

gunicorn's master holds an application for all its workers, and its database is there as long as the master holds it.
"""

import gc
from collections.abc import Callable
from typing import Any

from catalogue.errors import LookalikeError

_leaving: list[tuple[int, Any]] = []  # applications with the age of the last worker that serves them


def renew(arbiter: Any, load: Callable[[Any], Any]) -> bool:
    """Replace the application by that of `load`; when it fails, say why in one line and keep the old one."""
    old = arbiter.app.callable
    try:
        arbiter.app.callable = load(old)
    except Exception as error:  # it would end the master
        kind = "" if isinstance(error, LookalikeError) else f"{type(error).__name__}: "
        arbiter.log.error("error: %s%s The lists loaded before stay.", kind, " ".join(str(error).split()))
        return False
    _leaving.append((arbiter.worker_age, old))
    return True


def release(arbiter: Any) -> None:
    """Let go of applications that no worker serves any more."""
    oldest = min((worker.age for worker in arbiter.WORKERS.values()), default=arbiter.worker_age + 1)
    _leaving[:] = [(last, application) for last, application in _leaving if last >= oldest]
    gc.collect()  # an application is full of cycles
