"""The bodies of errors as X writes them: whole answers, and entries of `errors` in answers of status 200."""

from typing import Literal

from app.simulator.limits import Endpoint

Json = dict[str, object]
Vocabulary = Literal["post", "tweet"]

UNAUTHORIZED: Json = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
UNAVAILABLE: Json = {
    "title": "Service Unavailable",
    "detail": "Service Unavailable",
    "type": "about:blank",
    "status": 503,
}
BROKEN: Json = {
    "title": "Internal Server Error",
    "detail": "Internal Server Error",
    "type": "about:blank",
    "status": 500,
}
NO_CREDITS: tuple[Json, Json] = (
    {
        "title": "CreditsDepleted",
        "detail": "Your enrolled account [1] does not have any credits to fulfill this request.",
        "type": "https://api.twitter.com/2/problems/credits",
    },
    {
        "title": "Payment Required",
        "detail": "credits depleted",
        "status": 402,
        "type": "https://api.x.com/2/problems/credits-depleted",
    },
)
TOO_MANY: tuple[Json, Json] = (
    {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429},
    {"errors": [{"code": 88, "message": "Rate limit exceeded"}]},
)
FORBIDDEN: Json = {
    "title": "Client Forbidden",
    "detail": "When authenticating requests to the X API v2 endpoints, you must use keys and tokens from an "
    "app that is attached to a project.",
    "type": "https://api.x.com/2/problems/client-forbidden",
    "reason": "client-not-enrolled",
    "required_enrollment": "Appropriate Level of API Access",
    "registration_url": "https://developer.x.com/en/docs/projects/overview",
}
HTML = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"


class Refused(Exception):
    """A request that gets 400: the parameter at fault, its value, and X's message about it."""

    def __init__(self, parameter: str, value: str, message: str) -> None:
        super().__init__(message)
        self.parameter, self.value, self.message = parameter, value, message

    def body(self) -> Json:
        """Return the body of the answer."""
        return {
            "errors": [{"message": self.message, "parameters": {self.parameter: [self.value]}}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": "https://api.x.com/2/problems/invalid-request",
        }


def problem_type(name: str, vocabulary: Vocabulary) -> str:
    """Return the address of a problem type; its host differs by vocabulary."""
    return f"https://api.{'x' if vocabulary == 'post' else 'twitter'}.com/2/problems/{name}"


def missing_user(value: str, parameter: str, vocabulary: Vocabulary) -> Json:
    """Return the entry for a user that X does not know, or that is deactivated."""
    return {
        "value": value,
        "detail": f"Could not find user with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": "user",
        "parameter": parameter,
        "resource_id": value,
        "type": problem_type("resource-not-found", vocabulary),
    }


def suspended_user(value: str, parameter: str, vocabulary: Vocabulary) -> Json:
    """Return the entry for a suspended user: of the same type as for a missing one."""
    return {
        "value": value,
        "detail": f"User has been suspended: [{value}].",
        "title": "Forbidden",
        "resource_type": "user",
        "parameter": parameter,
        "resource_id": value,
        "type": problem_type("resource-not-found", vocabulary),
    }


def protected_user(value: str, vocabulary: Vocabulary) -> Json:
    """Return the entry for the lists and posts of a protected user."""
    return {
        "resource_id": value,
        "parameter": "id",
        "resource_type": "user",
        "section": "data",
        "title": "Authorization Error",
        "value": value,
        "detail": f"Sorry, you are not authorized to see the user with id: [{value}].",
        "type": problem_type("not-authorized-for-resource", vocabulary),
    }


def missing_post(value: str, vocabulary: Vocabulary) -> Json:
    """Return the entry for a post that is deleted, never was, or is by a user who left."""
    return {
        "value": value,
        "detail": f"Could not find {vocabulary} with ids: [{value}].",
        "title": "Not Found Error",
        "resource_type": vocabulary,
        "parameter": "ids",
        "resource_id": value,
        "type": problem_type("resource-not-found", vocabulary),
    }


def hidden_post(value: str, vocabulary: Vocabulary) -> Json:
    """Return the entry for a post of a protected or suspended author."""
    return {
        "resource_id": value,
        "parameter": "ids",
        "resource_type": vocabulary,
        "section": "data",
        "title": "Authorization Error",
        "value": value,
        "detail": f"Sorry, you are not authorized to see the {vocabulary.capitalize()} with ids: [{value}].",
        "type": problem_type("not-authorized-for-resource", vocabulary),
    }


def internal_error(endpoint: Endpoint) -> Json:
    """Return a body of status 200 that holds nothing but an internal error."""
    return {
        "errors": [
            {
                "title": "Internal Error",
                "detail": f"Something went wrong while answering {endpoint}.",
                "type": "https://api.x.com/2/problems/internal-error",
            }
        ],
    }
