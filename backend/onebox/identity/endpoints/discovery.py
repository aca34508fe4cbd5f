"""What clients read first: the realm's description and its public keys."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.onebox.identity.endpoints.authorize import SCOPES
from backend.onebox.identity.parts import parts_of
from brand.texts import LANGUAGES

_CLAIMS = (
    "iss sub aud exp iat auth_time nonce acr azp sid name preferred_username email"
    " email_verified locale cinemas"
)


async def configuration(request: Request) -> Response:
    """Return the OpenID provider's metadata."""
    issuer = parts_of(request).settings.issuer
    protocol = f"{issuer}/protocol/openid-connect"
    proofs = ["client_secret_basic", "client_secret_post", "none"]
    return JSONResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{protocol}/auth",
            "token_endpoint": f"{protocol}/token",
            "userinfo_endpoint": f"{protocol}/userinfo",
            "end_session_endpoint": f"{protocol}/logout",
            "revocation_endpoint": f"{protocol}/revoke",
            "jwks_uri": f"{protocol}/certs",
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "subject_types_supported": ["public"],
            "prompt_values_supported": ["none", "login", "create"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": proofs,
            "revocation_endpoint_auth_methods_supported": proofs,
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": list(SCOPES),
            "claims_supported": _CLAIMS.split(),
            "ui_locales_supported": list(LANGUAGES),
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": True,
        }
    )


async def certificates(request: Request) -> Response:
    """Return the public keys; the kit refetches them for an unknown kid."""
    return JSONResponse(parts_of(request).keys.certificates())
