"""Describes a publication in the words of standards: Data Package, ODCS, ESS validation report, 政务信息资源目录.

In: the published file, attached. Out: texts and files that `publish` puts beside it.
Elsewhere: the tables themselves in `pipeline.release.published`; data for dashboards in `pipeline.present.site`.
"""
