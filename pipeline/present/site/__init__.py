"""The static site: pages made from the published file alone; `registry` lists all kinds of pages.

In: `published/metrics.duckdb`. Out: `published/site/`. Elsewhere: figures, in `pipeline.present.charts`.
No request leaves a page: style, scripts and plotly lie beside it, and its Content-Security-Policy forbids the rest.
"""

from pipeline.present.site.build import SITE, build_site

__all__ = ["SITE", "build_site"]
