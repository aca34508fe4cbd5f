"""What ticket must be told."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from backend.kit.settings import ServiceSettings
from backend.kit.tokens.verifier import Jwk


class TicketSettings(ServiceSettings):
    """Settings of the ticket service.

    `ticket_keys` are private Ed25519 keys (JWK) by key id, 1 to 255; `ticket_key_id` names the
    one that signs now, the others stay listed until their last ticket is over. `list_key` signs
    the lists that doors pull, and `restore_epoch` grows by one after each restore of a backup.
    `lookup_secret` makes the mailed codes and is the same as movies'. Buyers' addresses are erased
    `contacts_keep` after the screening, scans after `scans_keep`. `scans_per_batch` is how many
    scans one commit may carry; with 1 each has its own.
    """

    model_config = SettingsConfigDict(env_prefix="MM_TICKET_", frozen=True, extra="ignore")

    ticket_keys: dict[Annotated[int, Field(ge=1, le=255)], Jwk]
    ticket_key_id: Annotated[int, Field(ge=1, le=255)]
    list_key: Jwk
    restore_epoch: Annotated[int, Field(ge=0)] = 0
    lookup_secret: SecretStr
    public_url: str
    tickets_folder: Path
    scans_per_batch: Annotated[int, Field(ge=1, le=256)] = 32
    smtp_host: str = "127.0.0.1"
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 1025
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: bool = False
    mail_from: str = "tickets@moviemesh.example"
    doors_open_before: timedelta = timedelta(minutes=45)
    valid_after_end: timedelta = timedelta(0)
    documents_keep: timedelta = timedelta(days=30)
    contacts_keep: timedelta = timedelta(days=90)
    scans_keep: timedelta = timedelta(days=30)
    mail_every: timedelta = timedelta(seconds=2)
    mail_timeout: timedelta = timedelta(seconds=20)
    mail_first_retry: timedelta = timedelta(seconds=5)
    mail_longest_retry: timedelta = timedelta(minutes=15)
    mail_give_up_after: timedelta = timedelta(days=2)

    @model_validator(mode="after")
    def _names_a_key(self) -> Self:
        if self.ticket_key_id not in self.ticket_keys:
            message = f"ticket_key_id {self.ticket_key_id} is not among ticket_keys"
            raise ValueError(message)
        return self
