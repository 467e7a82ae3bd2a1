"""A simulated month: real users' visits replayed as an environment in which policies show new items and learn.

    real log -> visits of a month, what the ranking shows in each, what each visitor took from then on   (`month`)
    visits x policy x seed -> clicks day by day                                                          (`replay`)
    policies x seeds -> cumulative clicks, paired differences                                            (`study`)

Clicks come from what people really took, never from a model: see `month`.
"""
