"""The stream of an order opens for everybody who may open its page."""

from backend.contracts.problems_orders import OrderMissing
from tests.web.purchase import cinema, rig

SERVICE = f"/orders/{cinema.ORDER}/live"
STREAM = f"/live/orders/{cinema.ORDER}"
NEWS = b'event: order\ndata: {"state":"PAID","version":4}\n\n'


async def test_looked_up_order_is_followed_with_its_own_token(browser, said):
    said.session = rig.session(order_tokens={cinema.ORDER: "looked-up"})
    said.say("GET", SERVICE, NEWS)

    answer = await browser.get(STREAM)

    assert answer.content == NEWS
    assert [call.token for call in said.asked("GET", SERVICE)] == ["looked-up"]


async def test_order_from_before_signing_in_is_followed(browser, said):
    said.session = rig.session("customer", guest_token="earlier-guest")
    said.say("GET", SERVICE, OrderMissing(), NEWS)

    answer = await browser.get(STREAM)

    assert answer.content == NEWS
    assert [call.token for call in said.asked("GET", SERVICE)] == ["person-token", "earlier-guest"]


async def test_strangers_order_is_not_followed(browser, said):
    said.say("GET", SERVICE, OrderMissing())

    assert (await browser.get(STREAM)).status_code == 404
