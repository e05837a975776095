"""Tools for those who work on the code; nothing of the program imports them."""
