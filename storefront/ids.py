"""The ids by which callbacks find components, in one place."""

URL = "url"
PAGE = "page"
TITLE = "title"
ANNOUNCEMENT = "announcement"
