"""One file per thing that shops publish. Each only parses: what it needs comes in, drafts come out, nothing is fetched.

What a source cannot use is counted by reason in `skips`, and never ends the run.
"""
