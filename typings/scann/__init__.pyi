from scann import scann_ops_pybind as scann_ops_pybind
