"""Refusals of the protocol (RFC 6749, OpenID Connect) and of the pages.

OAuthProblem             answered as {"error": …, "error_description": …}
├── InvalidRequest       a parameter is missing, doubled or of the wrong shape
├── InvalidClient (401)  who calls could not be proven
├── InvalidGrant         the code or refresh token is not good (any more)
├── InvalidScope / InvalidToken (401) / InsufficientScope (403)
├── UnauthorizedClient   this client may not use this grant
├── UnsupportedGrant / UnsupportedResponse / RequestObject / RequestAddress
└── LoginRequired        prompt=none and nobody is signed in
PageProblem              shown as a page: its `page` names the texts
├── UnknownReturn        client or redirect address is not registered
├── PageExpired (410)    the sign-in form is older than its sign-in
├── FormForged (403)     the form was not ours
├── LinkExpired (410)    a mailed link was used before or is too old
└── LogoutRefused        the sign-out asked for cannot be trusted
"""

from typing import ClassVar

from backend.contracts.problems import BadRequest, Problem


class OAuthProblem(BadRequest):
    """A refusal in the words of OAuth; the sentence is for the developer of the client."""

    error: ClassVar[str] = "invalid_request"


class InvalidRequest(OAuthProblem):
    """A parameter is missing, doubled or of the wrong shape."""


class InvalidClient(OAuthProblem):
    """The client is unknown or its secret is wrong."""

    status = 401
    error = "invalid_client"
    detail = "Invalid client or invalid client credentials"


class InvalidGrant(OAuthProblem):
    """The code or the refresh token cannot be used."""

    error = "invalid_grant"
    detail = "Code not valid"


class InvalidScope(OAuthProblem):
    """A scope was asked for that does not exist."""

    error = "invalid_scope"


class InvalidToken(OAuthProblem):
    """The access token is not good."""

    status = 401
    error = "invalid_token"
    detail = "Token verification failed"


class InsufficientScope(OAuthProblem):
    """The access token lacks the scope openid."""

    status = 403
    error = "insufficient_scope"
    detail = "Missing openid scope"


class UnauthorizedClient(OAuthProblem):
    """The client may not use this grant or response type."""

    error = "unauthorized_client"


class UnsupportedGrant(OAuthProblem):
    """No client may use this grant type."""

    error = "unsupported_grant_type"
    detail = "Unsupported grant_type"


class UnsupportedResponse(OAuthProblem):
    """There is no such response type."""

    error = "unsupported_response_type"
    detail = "Unsupported response_type"


class RequestObject(OAuthProblem):
    """Request objects are not read."""

    error = "request_not_supported"
    detail = "Parameter request is not supported"


class RequestAddress(OAuthProblem):
    """Request objects are not fetched either."""

    error = "request_uri_not_supported"
    detail = "Parameter request_uri is not supported"


class LoginRequired(OAuthProblem):
    """Nobody is signed in and the client forbade to ask."""

    error = "login_required"
    detail = "User is not signed in"


class PageProblem(Problem):
    """A refusal shown as a page of its own."""

    page: ClassVar[str] = "broken"


class UnknownReturn(PageProblem):
    """The client or the address to return to is not registered, so nobody is sent there."""

    page = "unknown_return"


class PageExpired(PageProblem):
    """The form belongs to a sign-in that is over or to another browser."""

    status = 410
    page = "page_expired"


class FormForged(PageProblem):
    """The form came from elsewhere or without its token."""

    status = 403
    page = "form_forged"


class LinkExpired(PageProblem):
    """The mailed link was used before, is too old or was never sent."""

    status = 410
    page = "link_expired"


class LogoutRefused(PageProblem):
    """The hint or the return address of a sign-out cannot be trusted."""

    page = "logout_refused"


class Crowded(PageProblem):
    """More passwords wait to be checked than can be answered in time."""

    status = 503
    page = "crowded"
