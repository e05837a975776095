"""Reads the tables of an HTML page as a reader of the page sees them.

In: the text of a page. Out: sheets of text cells (`page.read_html`).
Step by step: `tokens` cuts the page up, `visible` leaves out what is hidden, `controls` puts the values of inputs in,
`parser` builds `blocks` of rows, `page` lays them out as sheets; `cell_text` says what a cell says.
"""
