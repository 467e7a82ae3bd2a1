"""Re-ranking: a request's rules, and the page that they make out of a ranking. All are off by default.

A rule is called by the name of its field in the API. Scores on an arranged page are those of the ranking and what every
rule that applies adds; they never rise down the page.
"""
