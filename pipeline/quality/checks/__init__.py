"""What is checked: the suites under `expectations/`, the library of checks, the words for columns.

In: YAML. Out: typed suites, a table of all checks, the Chinese words for what they name.
Elsewhere: running them in `pipeline.quality.run`; what a failure means in `pipeline.quality.findings`.
"""
