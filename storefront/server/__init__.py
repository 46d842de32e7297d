"""How the web process answers: headers, files, health and logs."""
