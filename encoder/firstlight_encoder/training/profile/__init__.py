"""Fits what user profiles read: the change point model and the models of what is done next. NumPy alone."""
