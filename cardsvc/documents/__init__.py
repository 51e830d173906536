"""Paper and files: templates filled and printed as PDF, price lists as spreadsheets."""
