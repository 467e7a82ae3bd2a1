"""The baselines: simple models that any product has to beat, each behind the ``Scorer`` protocol."""
