"""The API's messages and stubs, generated from ``protos/firstlight/v1`` by ``make proto``. Knows nothing of the SDK."""
