"""The library behind Zhoubao (周报): pure Python and SQL; nothing that knows the orchestrator belongs here."""
