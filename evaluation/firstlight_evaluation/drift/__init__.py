"""Shifts of interest: how soon they are noticed, how often falsely, and what heeding them is worth.

served.py        a published snapshot's model, and users whom its training never saw
journeys.py      users as they are, and users spliced from two, whose shift is known
detection.py     delays and false alarms against that truth
weighting.py     NDCG@10 along a journey, with and without weighing the short horizon
rivals.py        river's detectors over the same users
study.py         all of it
report.py        tables, JSON; plot.py the picture; command.py the command line
"""
