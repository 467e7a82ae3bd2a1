# The part of RecTools that benchmarks.peers uses; it is installed in .venv-rectools only.
class Columns:
    User: str
    Item: str
    Weight: str
    Datetime: str
    Rank: str
    Score: str
