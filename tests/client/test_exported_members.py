import dataclasses
import inspect
import subprocess
import sys

import firstlight
import firstlight.testing
from firstlight._config import ClientConfig, ClientSettings
from firstlight._query import Query, QueryFields


def _public(module: object) -> set[str]:
    members = {name for name, value in vars(module).items() if not name.startswith("_") and not inspect.ismodule(value)}
    return members | ({"__version__"} if hasattr(module, "__version__") else set())


def test_everything_imported_into_the_package_is_exported_and_nothing_else() -> None:
    assert set(firstlight.__all__) == _public(firstlight)
    assert list(firstlight.__all__) == sorted(firstlight.__all__)


def test_everything_imported_into_the_testing_package_is_exported_and_nothing_else() -> None:
    assert set(firstlight.testing.__all__) == _public(firstlight.testing)


def test_every_exported_class_says_what_it_is() -> None:
    exported = [getattr(firstlight, name) for name in firstlight.__all__]
    silent = [each for each in exported if inspect.isclass(each) and not inspect.getdoc(each)]
    assert silent == []


def test_the_keywords_of_recommend_are_the_fields_of_a_query() -> None:
    fields = {field.name: field.type for field in dataclasses.fields(Query)}
    assert QueryFields.__annotations__ == fields


def test_the_keywords_of_a_client_are_the_fields_of_its_configuration() -> None:
    fields = {field.name: field.type for field in dataclasses.fields(ClientConfig)}
    assert {**ClientSettings.__annotations__, "target": str} == fields


def test_both_clients_have_the_same_methods_with_the_same_parameters() -> None:
    def signatures(client: type) -> dict[str, inspect.Signature]:
        methods = inspect.getmembers(client, inspect.isfunction)
        return {name: inspect.signature(method) for name, method in methods if not name.startswith("_")}

    assert signatures(firstlight.Client) == signatures(firstlight.AsyncClient)
    assert "recommend" in signatures(firstlight.Client)


def test_both_clients_explain_each_method_alike() -> None:
    for name, method in inspect.getmembers(firstlight.Client, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.getdoc(method) == inspect.getdoc(getattr(firstlight.AsyncClient, name)), name


def test_importing_the_sdk_loads_nothing_but_grpc_and_protobuf() -> None:
    program = (
        "import sys, firstlight, firstlight.testing, firstlight._cli;"
        "tops = {name.partition('.')[0] for name in sys.modules};"
        "print(sorted(tops & {'numpy', 'polars', 'rich', 'typer', 'pydantic', 'torch', 'transformers'}));"
        "print('google.rpc' in sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert loaded.stdout.split() == ["[]", "False"]
