"""Stage B: the text encoder itself learns which items follow each other, before stage A builds on its vectors.

What comes out is a text encoder's directory like any other, with a fingerprint of its own. Never imported at serving
time.
"""
