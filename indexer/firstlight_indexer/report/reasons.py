"""Why a row can be dropped, each reason with its explanation for people. It counts nothing."""

REASONS: dict[str, str] = {
    "unreadable_row": "The line cannot be read: wrong number of fields, an unclosed quote, bytes that are not text.",
    "missing_user_id": "No user id (empty, null, nan).",
    "missing_item_id": "No item id (empty, null, nan).",
    "missing_event_type": "No event type.",
    "missing_timestamp": "No time.",
    "missing_title": "No title, or one without a letter or a digit.",
    "unknown_event_type": "An event type that is not in the contract and not mapped in [events.types].",
    "unreadable_timestamp": "The time is neither ISO 8601, nor a number since 1970, nor in timestamp_format.",
    "unreadable_weight": "The weight is not a finite number.",
    "impossible_time": "The time lies before [cleaning] earliest or after latest.",
    "not_for_sale": "The id or the title is that of a charge, a test or an adjustment.",
    "price_not_positive": "The price is zero or negative: nobody can buy this.",
    "duplicate_item": "A later row has the same item id; the last one is kept.",
    "changed_online": "The item was changed online; what was said there counts.",
    "removed_online": "The item was removed online.",
    "item_dropped": "The event is for an item that cleaning dropped from the catalogue.",
    "item_not_in_catalogue": "The event is for an item the catalogue does not have.",
    "duplicate_event": "Another event is the same in every column; the first one is kept.",
    "bot_like_user": "The user acts faster and more than people do, and far more than the other users.",
}

CHANGES: dict[str, str] = {
    "text_normalised": "Text was tidied: HTML, control characters, spaces, compatibility forms.",
    "price_unreadable": "A price that is not a number was cleared.",
    "price_absurd": "A price above [cleaning] max_price was cleared.",
    "available_unreadable": "An availability that is neither yes nor no was taken for yes.",
    "created_at_unreadable": "A creation time that is unreadable or impossible was cleared.",
    "not_available": "Items marked as not available are kept, and flagged.",
}
"""What cleaning changed or flagged in rows that it kept."""
