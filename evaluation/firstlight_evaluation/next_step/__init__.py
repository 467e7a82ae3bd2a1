"""What users do next: how well it is foretold, and how probable it is when it is said to be.

rivals.py    the most frequent so far, the last, and the common, as distributions
study.py     accuracy, log loss and calibration on test users
report.py    tables and JSON; plot.py the picture; command.py the command line
"""
