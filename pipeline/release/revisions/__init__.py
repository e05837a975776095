"""What a release is made of and how two of them differ.

In: frozen issues, figures, deliveries. Out: their tables and folders, the revision that is shown, differences.
Elsewhere: freezing an issue in `pipeline.release.freeze`; the file for readers in `pipeline.release.published`.
"""
