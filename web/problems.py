"""What the site itself refuses; everything else that goes wrong is a service's problem."""

from backend.contracts.problems import Denied


class FormForeign(Denied):
    """The form was sent from a page of somebody else."""

    detail = "This form did not come from our pages. Open the page here and send it again."


class FormStale(Denied):
    """The form carries no token of this visit: the session changed after the page was made."""

    detail = "This form is from an earlier visit. Open the page again and send it once more."
