"""Why a file is refused: a closed list of codes, each with its sentence, what it means and what to do.

In: a code and the values of its sentence. Out: the Chinese sentence for people, code and place for programs.
One module a room of ingest (`containers.py`, `text.py`, …); `docs/refusals.md` is generated from all of them.
Elsewhere: who finds a fault raises `RefusedFileError` of `pipeline.ingest.errors` with a code from here.
"""
