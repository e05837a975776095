"""The parts of a look at one file: a trial load, how its headers map, its first rows without persons.

In: the file, or the sheets that `pipeline.ingest.authoring.peek` has read. Out: what `zhoubao inspect` shows.
Elsewhere: putting the parts together in `pipeline.ingest.authoring.inspect`.
"""
