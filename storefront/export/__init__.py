"""The whole site and its API as files, for any host that serves files."""
