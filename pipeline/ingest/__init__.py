"""File → text rows → typed rows: sniff, decode, lay out, classify, load, account; SQL models belong in warehouse."""
