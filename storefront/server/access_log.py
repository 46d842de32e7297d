"""The access log: a line of JSON for each request, without its visitor's address and its query.

A query holds words that people search for. The format of gunicorn's own log cannot quote a path for JSON.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from gunicorn.glogging import Logger

from storefront.server import request_ids
from storefront.urls import HEALTH, READY


class AccessLog(Logger):  # type: ignore[misc] # gunicorn has no types
    """Called for each request once its answer is sent; checks of health are logged when they fail."""

    def access(self, resp: Any, _: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        status, method = int(str(resp.status).partition(" ")[0]), environ.get("REQUEST_METHOD", "")
        if not self.access_log_enabled or (status < 400 and environ.get("PATH_INFO") in (HEALTH, READY)):
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "id": environ.get(request_ids.KEY, ""),
            "method": method,
            "path": environ.get("RAW_URI", "").partition("?")[0],
            "status": status,
            "bytes": resp.sent or (method != "HEAD" and resp.response_length) or 0,  # files are not in `sent`
            "ms": round(request_time.total_seconds() * 1000, 1),
        }
        self.access_log.info("%s", json.dumps(line, separators=(",", ":")))
