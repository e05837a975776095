"""The command line, on top of pipeline and assets; nothing imports it and no logic belongs in it.

In: what a person types. Out: tables and sentences on the terminal, and an exit code: 0 done, 1 it could not be done,
2 the options make no sense. What a command works out belongs in `pipeline` and, for runs, in `assets.runs`.
"""
