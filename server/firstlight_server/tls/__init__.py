"""TLS at the server's door: the certificates, their change without a restart, and who may be let in without any."""
