"""Who is calling, proved by a bearer token, and what they may do: scopes a method, tenants a request."""
