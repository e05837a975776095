"""Helps people to describe an export: looks at a file, drafts a contract, checks contracts.

In: a file that need not fit any contract. Out: a look, a draft, a list of outcomes; nothing is stored.
Elsewhere: showing them on the screen in `zhoubao`.
"""
