"""What every whole system under test is set to."""

SIN_LIMITES = {
    "GATEWAY_RATE": "100000r/s",
    "GATEWAY_BURST": "100000",
    "GATEWAY_LOGIN_RATE": "100000r/s",
    "GATEWAY_LOGIN_BURST": "100000",
    # Most of these tests sign in, many as somebody new: auth_service's own hash at full cost.
    "AUTH_PASSWORD_MEMORY_KIB": "64",
    "AUTH_PASSWORD_PASSES": "1",
    # A line for each request, written by a service and read and written by the supervisor, is read by nobody here.
    "LOG_LEVEL": "WARNING",
}
