"""A version that goes on from the one before it, of a large catalogue in which little has changed.

files.py      files of changes, in which the versions differ
standing.py   the version that lies in a folder, row by row
planning.py   which files are written anew, and which stay
applying.py   a file of changes put into the tables of the version before
renewed.py    a shop made of the one that was loaded before
"""
