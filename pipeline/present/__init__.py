"""What people look at: tables, figures, the site, the steward's first workbook; no figure is computed here."""
