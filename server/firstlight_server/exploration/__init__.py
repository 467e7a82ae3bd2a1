"""Exploration in the server: tenants' experiments, the arms that answer, and what they learn from feedback.

The policies themselves are ``firstlight_encoder.exploration``.
"""
