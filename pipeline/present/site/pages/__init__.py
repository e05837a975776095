"""The kinds of pages, one module each: week, archive, department, method, provenance, quality.

In: `Published`, the open published file. Out: pages to be written, each with what it was made from.
Elsewhere: what a page is, in `pipeline.present.site.page`; writing them, in `pipeline.present.site.build`.
"""
