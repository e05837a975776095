"""Loads the rows of a CSV: most in one typed pass of DuckDB, the others one by one; sheets are `sheet_tables`."""
