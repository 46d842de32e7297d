"""Precomputed lists as a web shop: all Dash code, and nothing that computes features."""

from storefront.app import create_app

__all__ = ["create_app"]
