"""Heads of pages, robots.txt and sitemaps: for search engines and shared links."""
