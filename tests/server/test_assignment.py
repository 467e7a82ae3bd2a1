"""Who a canary answers: always the same users, about its share of them, and only more when the share grows."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from firstlight_server.assignment import answers, place
from firstlight_server.assignment import drawn as arm_of

USERS = [f"user-{number}" for number in range(20_000)]
CANARY = "s-0123456789ab"


def drawn(share: float, *, tenant: str = "default", canary_id: str = CANARY) -> set[str]:
    return {user for user in USERS if answers(user, tenant=tenant, canary_id=canary_id, share=share)}


def test_the_share_of_users_is_the_one_asked_for() -> None:
    for share in (0.01, 0.1, 0.5):
        expected = share * len(USERS)
        assert abs(len(drawn(share)) - expected) < 5 * (expected * (1 - share)) ** 0.5
    assert drawn(1.0) == set(USERS)
    assert len(drawn(0.000001)) <= 2


def test_a_larger_share_only_adds_users() -> None:
    assert drawn(0.01) < drawn(0.05) < drawn(0.2) < drawn(1.0)


def test_other_canaries_and_other_tenants_draw_other_users() -> None:
    one = drawn(0.1)
    for other in (drawn(0.1, canary_id="s-ba9876543210"), drawn(0.1, tenant="shop-b")):
        assert 0.05 < len(one & other) / len(one) < 0.15


def test_another_process_draws_the_same_users() -> None:
    program = (
        "from firstlight_server.assignment import place;"
        f"print([place(f'user-{{n}}', tenant='default', drawing={CANARY!r}) for n in range(20)])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == str([place(user, tenant="default", drawing=CANARY) for user in USERS[:20]])


def test_the_places_are_these_for_ever() -> None:
    # Changing them would move users between versions in the middle of a canary.
    assert [round(place(user, tenant="default", drawing=CANARY), 6) for user in ("user-0", "", "größe")] == [
        0.33327,
        0.116841,
        0.459779,
    ]


@given(identity=st.text())
def test_any_identity_has_a_place(identity: str) -> None:
    assert 0.0 <= place(identity, tenant="default", drawing=CANARY) < 1.0


def test_several_shares_are_drawn_as_asked_for_and_a_user_stays() -> None:
    shares = (0.5, 0.3, 0.2)
    arms = [arm_of(user, tenant="default", drawing="experiment", shares=shares) for user in USERS]
    for number, share in enumerate(shares):
        expected = share * len(USERS)
        assert abs(arms.count(number) - expected) < 5 * (expected * (1 - share)) ** 0.5
    assert arms == [arm_of(user, tenant="default", drawing="experiment", shares=shares) for user in USERS]
