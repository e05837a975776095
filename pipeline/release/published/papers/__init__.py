"""Describes a publication in the words of standards: Data Package, ODCS, ESS validation report, 政务信息资源目录.

In: the published file, attached, and the files staged beside it. Out: `datapackage.json` and the folder `papers/`.
Elsewhere: the tables themselves in `pipeline.release.published`; data for dashboards in `pipeline.present.site`.
"""
