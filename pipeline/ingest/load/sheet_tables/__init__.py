"""Loads the rows of tables on sheets: row by row where they are few, in columns where they are many.

In: sheets, the header of each table, the reader of the contract. Out: rows in `incoming`, problems, the account.
Elsewhere: the rows of a CSV in `csv_rows`, which of the rows count in `accept`.
"""
