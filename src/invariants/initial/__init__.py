"""The first look at a repository: what it says of itself, what it leaves unsaid, and the files that would rule it from then on.

One module for each thing that is looked for. Each answers notices, and where there is something to write, edits.
"""
