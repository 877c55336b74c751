"""The page: one look at what the database knows, served as HTML by the web process at `/`.

Who brings ROOKERY_API_TOKEN may read it. What changes anything is there only for who brings
ROOKERY_OPERATOR_TOKEN, and only where ROOKERY_OPERATOR_URL names the operator's login: the reading token is
handed to scripts and dashboards, and whoever holds it should not begin to spend money on the day on which
somebody gives the web process a second connection. One more secret is all the mechanism that this takes, and
it keeps the rule of `rookery web`: what has no secret is not served.
"""

from app.web.page.site import Site

__all__ = ["Site"]
