"""The search by photo, as requests bring it."""
