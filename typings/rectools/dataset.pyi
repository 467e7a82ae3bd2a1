import pandas as pd

class Dataset:
    @classmethod
    def construct(cls, interactions_df: pd.DataFrame) -> Dataset: ...
