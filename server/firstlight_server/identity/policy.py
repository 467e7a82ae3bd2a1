"""The one table of who may call what. A server with a method that is not in it does not start.

Knows nothing of tokens, nor of how a call is stopped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import MethodDescriptor

from firstlight_server.errors import SettingsError

RECOMMEND = "recommend"
READ_SNAPSHOTS = "snapshots.read"
ACTIVATE_SNAPSHOTS = "snapshots.activate"
RECORD_EVENTS = "events.write"
MANAGE_USERS = "users.manage"
READ_PROFILES = "profiles.read"
CHANGE_CATALOGUE = "catalogue.write"
READ_CATALOGUE = "catalogue.read"


@dataclass(frozen=True)
class Policy:
    """What a method asks of its caller.

    Attributes:
        scope: what the token must grant; empty where any valid token will do.
        of_tenant: whether every request names a tenant, which the token must name too.
        of_health: whether the setting ``open_health`` lets callers without a token in.
    """

    scope: str = ""
    of_tenant: bool = False
    of_health: bool = False


POLICIES: Mapping[str, Policy] = {
    "/firstlight.v1.RecommendationService/Recommend": Policy(RECOMMEND, of_tenant=True),
    "/firstlight.v1.RecommendationService/BatchRecommend": Policy(RECOMMEND, of_tenant=True),
    "/firstlight.v1.RecommendationService/SimilarItems": Policy(RECOMMEND, of_tenant=True),
    "/firstlight.v1.IndexService/GetSnapshot": Policy(READ_SNAPSHOTS, of_tenant=True),
    "/firstlight.v1.IndexService/ListSnapshots": Policy(READ_SNAPSHOTS, of_tenant=True),
    "/firstlight.v1.IndexService/ActivateSnapshot": Policy(ACTIVATE_SNAPSHOTS, of_tenant=True),
    "/firstlight.v1.IndexService/SetCanary": Policy(ACTIVATE_SNAPSHOTS, of_tenant=True),
    "/firstlight.v1.FeedbackService/RecordEvents": Policy(RECORD_EVENTS, of_tenant=True),
    "/firstlight.v1.FeedbackService/ExportUser": Policy(MANAGE_USERS, of_tenant=True),
    "/firstlight.v1.FeedbackService/DeleteUser": Policy(MANAGE_USERS, of_tenant=True),
    "/firstlight.v1.FeedbackService/MergeUsers": Policy(MANAGE_USERS, of_tenant=True),
    "/firstlight.v1.ProfileService/GetInterestProfile": Policy(READ_PROFILES, of_tenant=True),
    "/firstlight.v1.CatalogueService/UpsertItems": Policy(CHANGE_CATALOGUE, of_tenant=True),
    "/firstlight.v1.CatalogueService/DeleteItems": Policy(CHANGE_CATALOGUE, of_tenant=True),
    "/firstlight.v1.CatalogueService/TagItems": Policy(READ_CATALOGUE, of_tenant=True),
    "/grpc.health.v1.Health/Check": Policy(of_health=True),
    "/grpc.health.v1.Health/List": Policy(of_health=True),
    "/grpc.health.v1.Health/Watch": Policy(of_health=True),
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": Policy(),
}


def require_policies(methods: Iterable[str], policies: Mapping[str, Policy] = POLICIES) -> None:
    """Checks that every method has a policy, and that one whose request names a tenant is bound to it.

    Raises:
        SettingsError: one is not; the message names all such methods.
    """
    methods = sorted(methods)
    if missing := [method for method in methods if method not in policies]:
        raise SettingsError(f"no policy says who may call {', '.join(missing)}; add it to identity/policy.py")
    if unbound := [method for method in methods if _names_tenant(method) != policies[method].of_tenant]:
        raise SettingsError(f"the policy of {', '.join(unbound)} misstates whether a request names a tenant")


def _names_tenant(method: str) -> bool:
    service, name = method.removeprefix("/").split("/")
    descriptor: MethodDescriptor = descriptor_pool.Default().FindServiceByName(service).methods_by_name[name]
    return "tenant" in descriptor.input_type.fields_by_name
