"""What can be made to go wrong: sets of faults in calls and webhooks, as the switches take them."""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from backend.onebox.stripe_simulator.operations import OPERATIONS

_NAMES = frozenset(operation.name for operation in OPERATIONS)


def _known(name: str) -> str:
    if name not in _NAMES:
        raise ValueError(f"there is no such operation; there are: {', '.join(sorted(_NAMES))}")
    return name


OperationName = Annotated[str, AfterValidator(_known)]
Probability = Annotated[float, Field(gt=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=120)]
Order: TypeAlias = Literal["any", "reversed", "shuffled"]


class Strict(BaseModel):
    """A body that takes nothing unknown and guesses nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CallFault(Strict):
    """One way in which calls go wrong, for some of them.

    `500` is an answer of the API's own: like the provider's it is kept with the idempotency key
    and replayed, whether or not the call had its effect. `503` and `reset` come from what stands
    between, so a repeat finds the kept answer or runs. `429` is given before a call begins.
    Without `operations` every call is meant; `times` ends the fault after so many strikes.
    """

    fault: Literal["delay", "500", "503", "429", "reset"]
    when: Literal["before", "after"] = "before"
    operations: tuple[OperationName, ...] = Field(default=(), strict=False)
    probability: Probability = 1.0
    times: int | None = Field(default=None, ge=1, le=1_000_000)
    delay_s: Seconds = 0.0
    retry_after_s: int = Field(default=1, ge=1, le=60)

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.fault == "429" and self.when == "after":
            raise ValueError("a call that is refused for its rate has no effect: use before")
        if self.fault == "delay" and not self.delay_s:
            raise ValueError("a delay needs delay_s")
        return self


class WebhookFaults(Strict):
    """What becomes of webhooks: held back, posted several times, lost, out of order."""

    held: bool = False
    copies: int = Field(default=1, ge=1, le=20)
    lost: float = Field(default=0.0, ge=0, le=1)
    order: Order = "any"


class FaultSet(Strict):
    """Everything that goes wrong until the set is replaced; the seed makes it repeatable."""

    seed: int = 0
    calls: tuple[CallFault, ...] = Field(default=(), strict=False, max_length=50)
    webhooks: WebhookFaults = WebhookFaults()
