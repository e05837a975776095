"""Tells people what needs them: events from findings, waivers and due times, as messages to the configured channels.

In: quality.finding and the gate, ledger.current_delivery, the `[notice]` settings. Out: messages, and `notices/`.
Elsewhere: what is wrong is decided in `pipeline.quality`, what pages and workbooks show in `pipeline.present`.
"""
