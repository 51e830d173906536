"""Paper: templates that the home may edit, filled and printed as PDF."""
