"""Lists that go on from those that were made last, of a large catalogue in which little has changed.

kept.py        what a making of lists keeps on disk for the next one
resuming.py    whether to go on from it, or to make all lists anew
updating.py    rows, looks and what is near to each, of what came and of what stays
around.py      a few rows compared with all others
following.py   the nearest looks of each, after some came and went
relisting.py   the lists that this touches, made anew
"""
