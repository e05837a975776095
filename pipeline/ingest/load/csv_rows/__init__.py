"""Loads the rows of a CSV: most in one pass of DuckDB, the others one by one; sheets are `sheet_tables`."""
