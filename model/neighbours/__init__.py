"""The rows of highest cosine to each row: all of them up to some size, and nearly all beyond.

`exact` and `approximate` have one contract, and `search` decides between them.
"""
