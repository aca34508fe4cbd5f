"""The parts of the movies service, made once and handed to its endpoints and consumers."""

from dataclasses import dataclass

from backend.kit.database import Database
from backend.kit.keys import Once, Replies
from backend.kit.messaging.outbox import Relay
from backend.kit.nudges import Nudges
from backend.movies.orders.checkouts import Checkouts
from backend.movies.orders.offers import Offers
from backend.movies.orders.placing import Placing
from backend.movies.screenings.programmes import Programmes
from backend.movies.seats.feed import SeatFeed
from backend.movies.seats.maps import SeatMaps
from backend.movies.settings import MoviesSettings


@dataclass(frozen=True, slots=True)
class Parts:
    """What the features share."""

    settings: MoviesSettings
    database: Database
    once: Once
    replies: Replies
    relay: Relay
    nudges: Nudges
    offers: Offers
    maps: SeatMaps
    feed: SeatFeed
    placing: Placing
    programmes: Programmes
    checkouts: Checkouts
