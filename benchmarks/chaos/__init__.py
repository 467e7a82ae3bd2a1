"""Faults, one file a row of the table that the product promises to survive; each can be repeated from its seed."""
