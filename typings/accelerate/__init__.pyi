class PartialState:
    num_processes: int
    process_index: int
    def __init__(self, cpu: bool = ...) -> None: ...
