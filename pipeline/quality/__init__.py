"""Checks, findings and the gate; how a table is computed belongs in sql/, what is published in release."""
