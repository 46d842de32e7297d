"""Figures about quality and speed, each beside a baseline of the same run."""
