class LitAPI:
    def __init__(self, max_batch_size: int = ..., batch_timeout: float = ...) -> None: ...

class LitServer:
    def __init__(self, lit_api: LitAPI, accelerator: str = ..., workers_per_device: int = ...) -> None: ...
    def run(
        self,
        host: str = ...,
        port: int = ...,
        num_api_servers: int | None = ...,
        log_level: str = ...,
        generate_client_file: bool = ...,
        access_log: bool = ...,
    ) -> None: ...
