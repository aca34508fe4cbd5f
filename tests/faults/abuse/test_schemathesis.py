"""A5: schemathesis against every operation, as every role: no 5xx, no broken contract, no way in.

Of each operation's examples half are about things that are there, and a third breaks the schema.
`positive_data_acceptance` is left out: what fits a schema may still be refused, as a taken seat is.
"""

from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode

from backend.contracts.permissions import Role
from tests.faults.abuse.contracts import Operation
from tests.faults.abuse.world import World, place
from tests.faults.amounts import SEED, amount

pytestmark = pytest.mark.fault("A5")
_LEFT_OUT = frozenset({"positive_data_acceptance"})
_SLUG = "fuzzed"
_HIDDEN = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


async def test_contracts_hold_whatever_is_sent(world: World, tally):
    checks = _checks()
    ground = world.names(await place(world.open, world.callers, _SLUG))
    contracts = {
        one.service: schemathesis.openapi.from_dict(dict(one.document)) for one in world.operations
    }
    told: Counter[str] = Counter()
    with requests.Session() as session:
        session.trust_env = False
        for operation in world.operations:
            about = contracts[operation.service][operation.path][operation.method]
            fuzz = _Fuzz(
                world, operation, about=about, session=session, checks=checks, ground=ground
            )
            fuzz.run(amount("A5"))
            tally.runs += fuzz.calls
            told.update(fuzz.told)

    assert dict(told) == {}, f"SEED={SEED}"
    # An operation without parameters has few different examples, however many are asked for.
    assert tally.runs >= 3 * len(world.operations)


class _Fuzz:
    """One operation's examples, and what was found with them."""

    def __init__(
        self,
        world: World,
        operation: Operation,
        *,
        about: schemathesis.APIOperation,
        session: requests.Session,
        checks: list[Any],
        ground: Mapping[str, Any],
    ) -> None:
        self.told: Counter[str] = Counter()
        self.calls = 0
        self._operation = operation
        self._session, self._checks = session, checks
        self._address = world.address(operation)
        self._callers = world.callers
        self._about = about
        self._real = {name: ground[name] for name in operation.places}

    def run(self, examples: int) -> None:
        """Call it so often, each time as somebody."""

        @seed(SEED)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=_HIDDEN,
            verbosity=Verbosity.quiet,
        )
        @given(st.sampled_from([None, *Role]), self._cases())
        def each(role: Role | None, case: schemathesis.Case) -> None:
            self._call(role, case)

        each()

    def _cases(self) -> st.SearchStrategy[schemathesis.Case]:
        good, bad = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
        strategies = [
            self._about.as_strategy(good),
            self._about.as_strategy(good, path_parameters=self._real),
            self._about.as_strategy(bad, path_parameters=self._real),
        ]
        return st.one_of(strategies if self._can_be_wrong() else strategies[:2])

    def _can_be_wrong(self) -> bool:
        """Say whether there is anything besides the path that a schema could be broken by."""
        about = self._operation.about
        return bool(self._operation.content) or any(
            one["in"] != "path" for one in about.get("parameters", [])
        )

    def _call(self, role: Role | None, case: schemathesis.Case) -> None:
        self.calls += 1
        headers = {}
        if role is not None:
            token = self._callers.token(role, self._operation.service, cinemas=(_SLUG,))
            headers["Authorization"] = f"Bearer {token}"
        if self._operation.is_stream:
            self._look(role, case, headers)
            return
        options: dict[str, Any] = {
            "session": self._session,
            "headers": headers,
            "allow_redirects": False,
        }
        response = case.call(base_url=self._address, timeout=20, **options)
        try:
            case.validate_response(
                response, checks=self._checks, headers=headers, transport_kwargs=options
            )
        except FailureGroup as group:
            for failure in group.exceptions:
                self._tell(role, failure)
        except Failure as failure:
            self._tell(role, failure)

    def _look(self, role: Role | None, case: schemathesis.Case, headers: dict[str, str]) -> None:
        """Call what goes on and on, and read no more than the head."""
        asked = case.as_transport_kwargs(base_url=self._address, headers=headers)
        with self._session.request(**asked, stream=True, timeout=20) as answer:
            kind = answer.headers["content-type"].partition(";")[0]
            expected = "text/event-stream" if answer.status_code == 200 else "application/json"
            if answer.status_code >= 500 or kind != expected:
                self._tell(role, AssertionError(f"{answer.status_code} {kind}"))

    def _tell(self, role: Role | None, failure: BaseException) -> None:
        said = " ".join(str(failure).split())[:300]
        self.told[f"{self._operation} as {role}: {said}"] += 1


def _checks() -> list[Any]:
    """Return every check of its, which it knows only once it knows what OpenAPI is."""
    import_module("schemathesis.specs.openapi.checks")
    names = set(CHECKS.get_all_names())
    assert {"not_a_server_error", "response_schema_conformance", "ignored_auth"} <= names
    return CHECKS.get_by_names(sorted(names - _LEFT_OUT))
