"""Smaller text encoders: fewer layers, fewer attention heads, 8-bit weights. Each costs something; others measure what.

What comes out is a text encoder's directory like any other. Needs torch; never imported at serving time.
"""
