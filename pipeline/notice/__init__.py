"""Messages to people about what needs them; what is wrong is decided in quality, what is shown belongs in present."""
