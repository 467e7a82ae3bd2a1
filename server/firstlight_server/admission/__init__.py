"""Admission: which calls are worked on now, which wait, and which are refused at once.

`Gate` is the gauge in the handlers' path (gRPC's own limit can underflow: grpc/grpc#41531); `FairQueue` shares the
server among tenants; `ServiceTimes` says what calls cost; `Quotas` bounds a tenant's rate. Knows nothing of messages.
"""
