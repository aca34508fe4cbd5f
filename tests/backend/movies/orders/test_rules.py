"""The machine of an order: whatever order the news comes in, no money is lost and none kept twice.

A provider that moves by itself sends its news; they arrive late, twice and out of order. When all
have arrived and all requests were served, each captured attempt paid its order or goes back.
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from backend.contracts.orders import OrderState as S
from backend.movies.orders import rules
from backend.movies.orders.rules import Step

_TERMINAL = {"captured", "closed", "failed"}


@dataclass
class Attempt:
    """An attempt at the provider, and what movies last heard and asked of it."""

    at_provider: str = "open"
    version: int = 0
    seen: int = 0
    asked: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class News:
    """A fact that the provider told, on its way."""

    attempt: int
    version: int
    fact: str


class Sale(RuleBasedStateMachine):
    """One order, its attempts, and the news between."""

    def __init__(self) -> None:
        super().__init__()
        self.state = S.HELD
        self.closing: str | None = None
        self.attempts: dict[int, Attempt] = {}
        self.news: list[News] = []
        self.paid_by: int | None = None
        self.refunded: set[int] = set()
        self.are_seats_free = True

    # What the buyer and the clock do.

    @precondition(lambda self: self.state is S.HELD and len(self.attempts) < 4)
    @rule()
    def pay(self) -> None:
        self.attempts[len(self.attempts) + 1] = Attempt()
        self.state, self.closing = S.PAYING, None

    @precondition(lambda self: self.state is S.PAYING and self.closing is None)
    @rule(reason=st.sampled_from(["buyer", "deadline"]))
    def ask_to_close(self, reason: str) -> None:
        self.closing = reason
        self.attempts[self.current].asked.add("close")

    @precondition(lambda self: self.state is S.HELD)
    @rule(after=st.sampled_from([S.EXPIRED, S.CANCELLED]))
    def end_hold(self, after: S) -> None:
        self.state = after

    @rule(are_free=st.booleans())
    def sell_seats_to_others(self, *, are_free: bool) -> None:
        self.are_seats_free = are_free

    # What happens at the provider; each time it tells a fact.

    @rule(data=st.data())
    def move_at_provider(self, data: st.DataObject) -> None:
        live = [n for n, a in self.attempts.items() if a.at_provider not in _TERMINAL]
        if not live:
            return
        number = data.draw(st.sampled_from(live))
        now = self.attempts[number].at_provider
        facts = ["authorised", "captured", "closed", "failed"] if now == "open" else ["failed"]
        self._tell(number, data.draw(st.sampled_from([*facts, "review"])))

    @precondition(lambda self: self.requests())
    @rule(data=st.data())
    def serve_request(self, data: st.DataObject) -> None:
        number, wish = data.draw(st.sampled_from(self.requests()))
        self._serve(number, wish)

    # The news arrive: any of them, any number of times.

    @precondition(lambda self: self.news)
    @rule(data=st.data())
    def hear(self, data: st.DataObject) -> None:
        self._hear(data.draw(st.sampled_from(self.news)))

    @invariant()
    def paid_means_captured_and_kept(self) -> None:
        if self.paid_by is not None:
            assert self.attempts[self.paid_by].at_provider == "captured"
            assert self.paid_by not in self.refunded
        assert (self.state is S.PAID) <= (self.paid_by is not None)
        assert all(self.attempts[n].at_provider == "captured" for n in self.refunded)

    def teardown(self) -> None:
        for _ in range(20):
            for news in list(self.news):
                self._hear(news)
            for number, wish in self.requests():
                self._serve(number, wish)
        captured = {n for n, a in self.attempts.items() if a.at_provider == "captured"}
        if self.state is not S.REVIEW:
            assert captured == self.refunded | ({self.paid_by} - {None})
        waits = self.state in {S.PAYING, S.CONFIRMING}
        assert not waits or self.attempts[self.current].at_provider not in _TERMINAL
        assert len(captured - self.refunded) <= 1 or self.state is S.REVIEW

    @property
    def current(self) -> int:
        return len(self.attempts)

    def requests(self) -> list[tuple[int, str]]:
        return [(n, wish) for n, a in self.attempts.items() for wish in sorted(a.asked)]

    def _serve(self, number: int, wish: str) -> None:
        attempt = self.attempts[number]
        attempt.asked.discard(wish)
        if attempt.at_provider in _TERMINAL:
            return
        if wish == "close":
            self._tell(number, "closed")
        elif attempt.at_provider == "authorised":
            self._tell(number, "captured")

    def _tell(self, number: int, fact: str) -> None:
        attempt = self.attempts[number]
        attempt.version += 1
        if fact != "review":
            attempt.at_provider = fact
        self.news.append(News(number, attempt.version, fact))

    def _hear(self, news: News) -> None:
        attempt = self.attempts[news.attempt]
        if attempt.seen >= news.version:
            return
        attempt.seen = news.version
        self._take(news.attempt, self._step(news))

    def _step(self, news: News) -> Step:
        is_current = news.attempt == self.current
        if news.fact == "authorised":
            return rules.on_authorised(self.state, is_current=is_current)
        if news.fact == "captured":
            is_paid_by_it = is_current and self.state in rules.SOLD
            return rules.on_captured(self.state, is_current=is_current, is_paid_by_it=is_paid_by_it)
        if news.fact == "closed":
            is_buyers = self.closing == "buyer"
            return rules.on_closed(self.state, is_current=is_current, is_buyers=is_buyers)
        if news.fact == "failed":
            return rules.on_failed(self.state, is_current=is_current)
        return rules.on_review(self.state)

    def _take(self, number: int, step: Step) -> None:
        if step is Step.REINSTATE_OR_REFUND:
            can = number == self.current and self.are_seats_free
            step = Step.PAY if can else Step.REFUND_ATTEMPT
        if step is Step.SELL_AND_CAPTURE:
            self.state, self.closing = S.CONFIRMING, None
        if step in {Step.SELL_AND_CAPTURE, Step.CAPTURE}:
            self.attempts[number].asked.add("capture")
        elif step is Step.VOID:
            self.attempts[number].asked.add("close")
        elif step is Step.PAY:
            assert self.paid_by is None
            self.state, self.paid_by = S.PAID, number
        elif step is Step.REFUND_ATTEMPT:
            assert number not in self.refunded
            self.refunded.add(number)
        elif step in {Step.REOPEN, Step.EXPIRE}:
            self.state = S.HELD if step is Step.REOPEN else S.EXPIRED
        elif step is Step.REVIEW:
            self.state = S.REVIEW


TestSale = Sale.TestCase
TestSale.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


EVERY = frozenset(S)
LATE = {S.HELD, S.EXPIRED, S.CANCELLED, S.REFUNDED}


@pytest.mark.parametrize("state", sorted(EVERY))
def test_reservation_is_used_where_it_is_awaited_and_let_go_where_it_is_not(state):
    steps = {S.PAYING: Step.SELL_AND_CAPTURE, S.CONFIRMING: Step.CAPTURE}
    expected = Step.VOID if state in LATE else steps.get(state, Step.IGNORE)

    assert rules.on_authorised(state, is_current=True) is expected
    assert rules.on_authorised(state, is_current=False) is Step.VOID


@pytest.mark.parametrize("state", sorted(EVERY))
def test_money_pays_the_order_that_awaits_it_and_goes_back_otherwise(state):
    steps = {
        S.PAYING: Step.PAY,
        S.CONFIRMING: Step.PAY,
        S.EXPIRED: Step.REINSTATE_OR_REFUND,
        S.REVIEW: Step.IGNORE,
    }
    found = rules.on_captured(state, is_current=True, is_paid_by_it=False)
    assert found is steps.get(state, Step.REFUND_ATTEMPT)

    other = rules.on_captured(state, is_current=False, is_paid_by_it=False)
    assert (other is Step.PAY) is False
    assert rules.on_captured(state, is_current=True, is_paid_by_it=True) is Step.IGNORE


@pytest.mark.parametrize("state", sorted(EVERY))
def test_end_without_money_moves_only_an_order_that_waits(state):
    waits = state is S.PAYING
    assert rules.on_opened(state, is_current=True) is (Step.OPENED if waits else Step.IGNORE)
    for is_buyers, step in ((True, Step.REOPEN), (False, Step.EXPIRE)):
        reserved = Step.EXPIRE if state is S.CONFIRMING else Step.IGNORE
        expected = step if waits else reserved
        assert rules.on_closed(state, is_current=True, is_buyers=is_buyers) is expected
        assert rules.on_closed(state, is_current=False, is_buyers=is_buyers) is Step.IGNORE
    fails = Step.EXPIRE if state in {S.PAYING, S.CONFIRMING} else Step.IGNORE
    assert rules.on_failed(state, is_current=True) is fails
    assert rules.on_failed(state, is_current=False) is Step.IGNORE


@pytest.mark.parametrize("state", sorted(EVERY))
def test_review_stops_whatever_has_not_ended(state):
    ended = state in {S.EXPIRED, S.CANCELLED, S.REFUNDED, S.REVIEW}

    assert rules.on_review(state) is (Step.IGNORE if ended else Step.REVIEW)
