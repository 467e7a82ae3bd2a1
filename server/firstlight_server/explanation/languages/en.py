"""English."""

from firstlight_encoder.tokens import TokenType
from firstlight_server.explanation.sentences import Sentences

ENGLISH = Sentences(
    because="Because you {clue}.",
    although="Although you {clue}.",
    done={
        TokenType.VIEW: "looked at {name}",
        TokenType.CART: "put {name} into the cart",
        TokenType.PURCHASE: "bought {name}",
        TokenType.FAVORITE: "marked {name} as a favourite",
        TokenType.REMOVE_FROM_CART: "took {name} out of the cart",
        TokenType.DISLIKE: "disliked {name}",
        TokenType.RATING: "rated {name}",
    },
    wanted="asked for {name}",
    unwanted="did not want {name}",
    prior="Number {rank:,} among what newcomers choose.",
    others="All else that is known of you ({count:,}).",
    rules={
        "boost": "Moved by a boost.",
        "impression_discount": "Shown to you before.",
        "calibration": "So that the page holds your categories in your proportions.",
        "diversity": "So that the page is varied.",
        "max_per_category": "Moved by the cap on its category.",
        "max_per_brand": "Moved by the cap on its brand.",
        "pin": "Put here by a pin.",
    },
    rank_without="Without that this would be number {rank:,}.",
    far_without="Without that this would not be among the first {count:,}.",
)
