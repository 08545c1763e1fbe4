"""Audits and pattern fits on Apache Beam (extra `beam`), the model loaded once per worker."""
