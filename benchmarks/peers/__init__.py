"""Other people's recommenders as baselines, each run by its own code in an environment of its own.

They talk to our evaluation by files only: ``firstlight-evaluate export`` writes a folder, every peer adds its ranked
lists to it, ``firstlight-evaluate run --peers`` judges them. Nothing here imports a Firstlight package.
"""
