"""Accounts, clients, keys, and everything that a sign-in leaves behind."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STEPS = (
    """
    CREATE TABLE account (
        account_id uuid PRIMARY KEY,
        email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
        email_key text NOT NULL UNIQUE,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        password_hash text NOT NULL,
        is_verified boolean NOT NULL DEFAULT false,
        is_enabled boolean NOT NULL DEFAULT true,
        language text NOT NULL DEFAULT 'en',
        roles text[] NOT NULL DEFAULT '{customer}' CHECK (roles <@ ARRAY[
            'customer', 'box_office', 'door', 'manager', 'admin', 'kiosk', 'scanner']),
        cinemas text[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        changed_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE client (
        client_id text PRIMARY KEY,
        name text NOT NULL,
        secret_hash bytea,
        redirect_uris text[] NOT NULL,
        post_logout_redirect_uris text[] NOT NULL,
        home_url text,
        audiences text[] NOT NULL,
        roles text[] NOT NULL,
        is_enabled boolean NOT NULL DEFAULT true,
        attributes jsonb NOT NULL DEFAULT '{}'
    )
    """,
    """
    CREATE TABLE signing_key (
        kid text PRIMARY KEY,
        private_pem text NOT NULL,
        is_active boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        retired_at timestamptz,
        CHECK (is_active = (retired_at IS NULL))
    )
    """,
    "CREATE UNIQUE INDEX signing_key_one_active ON signing_key (is_active) WHERE is_active",
    "CREATE TABLE secret (name text PRIMARY KEY, value bytea NOT NULL)",
    """
    CREATE TABLE sign_in (
        sign_in_id uuid PRIMARY KEY,
        browser_hash bytea NOT NULL,
        client_id text NOT NULL REFERENCES client ON DELETE CASCADE,
        redirect_uri text NOT NULL,
        state text,
        nonce text,
        code_challenge text NOT NULL,
        scope text NOT NULL,
        language text NOT NULL,
        login_hint text,
        account_id uuid REFERENCES account ON DELETE CASCADE,
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX sign_in_expiry ON sign_in (expires_at)",
    """
    CREATE TABLE sso_session (
        session_id uuid PRIMARY KEY,
        cookie_hash bytea NOT NULL UNIQUE,
        account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
        authenticated_at timestamptz NOT NULL,
        idle_until timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX sso_session_account ON sso_session (account_id)",
    """
    CREATE TABLE client_session (
        client_session_id uuid PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES sso_session ON DELETE CASCADE,
        client_id text NOT NULL REFERENCES client ON DELETE CASCADE,
        scope text NOT NULL,
        refresh_id uuid NOT NULL
    )
    """,
    "CREATE INDEX client_session_session ON client_session (session_id)",
    """
    CREATE TABLE authorization_code (
        code_hash bytea PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES sso_session ON DELETE CASCADE,
        client_id text NOT NULL REFERENCES client ON DELETE CASCADE,
        redirect_uri text NOT NULL,
        nonce text,
        code_challenge text NOT NULL,
        scope text NOT NULL,
        expires_at timestamptz NOT NULL,
        client_session_id uuid NOT NULL,
        is_used boolean NOT NULL DEFAULT false
    )
    """,
    "CREATE INDEX authorization_code_expiry ON authorization_code (expires_at)",
    """
    CREATE TABLE mailed_action (
        token_hash bytea PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('verify', 'reset', 'taken')),
        sign_in_id uuid REFERENCES sign_in ON DELETE SET NULL,
        mailed_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz
    )
    """,
    "CREATE INDEX mailed_action_account ON mailed_action (account_id, mailed_at)",
    """
    CREATE TABLE failed_sign_in (
        email_hash bytea PRIMARY KEY,
        failures integer NOT NULL,
        failed_at timestamptz NOT NULL,
        wait_until timestamptz
    )
    """,
)


def upgrade() -> None:
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    op.execute(
        "DROP TABLE failed_sign_in, mailed_action, authorization_code, client_session,"
        " sso_session, sign_in, secret, signing_key, client, account"
    )
