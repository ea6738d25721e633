"""The shipped catalogue: raw files, reviewed tables, and the script that makes reviewable definitions of them.

Run from the repository: `python -m catalogue.build` (standard library only), then `python -m catalogue.compile`.
"""
