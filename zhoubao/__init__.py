"""The command line, on top of pipeline and assets; nothing imports it and no logic belongs in it."""
