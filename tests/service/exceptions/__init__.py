"""The exceptions of DOMAIN.md section 5, each told to its end at the real service."""
