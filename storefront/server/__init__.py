"""How the web process answers: headers, files, health, logs, and lists that are replaced under it."""
