"""What a shop's categories and times mean, where two shops can mean different things. It does not know a file."""

from typing import Literal

CategoryMeaning = Literal["path", "tags"]
"""`path`: one path from root to leaf. `tags`: several alternatives side by side, as genres are."""

TimeMeaning = Literal["clock", "order"]
"""`clock`: when it happened. `order`: only which of a user's events came first; the values themselves say nothing."""
